#include "common/config/address.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>

namespace crm::config {
namespace {

constexpr size_t kMostOfName = 253;
constexpr size_t kMostOfLabel = 63;
constexpr size_t kMostOfUnixPath = 107;  // sun_path, without its final zero

enum class Host { kNone, kName, kIpv4, kIpv6 };

bool IsIp(int family, absl::string_view text) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(family, std::string(text).c_str(), bytes) == 1;
}

bool IsLabel(absl::string_view label) {
  return !label.empty() && label.size() <= kMostOfLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_';
         });
}

// A trailing dot, which ends the search through the resolver's domains, is fine.
bool IsName(absl::string_view text) {
  absl::ConsumeSuffix(&text, ".");
  if (text.size() > kMostOfName) return false;
  const std::vector<absl::string_view> labels = absl::StrSplit(text, '.');
  const absl::string_view last = labels.back();
  // What ends in a number is an IPv4 address, or one that is wrong.
  const bool number = std::all_of(last.begin(), last.end(), absl::ascii_isdigit);
  return !number && std::all_of(labels.begin(), labels.end(), IsLabel);
}

Host KindOf(absl::string_view host) {
  if (absl::ConsumePrefix(&host, "[")) {
    return absl::ConsumeSuffix(&host, "]") && IsIp(AF_INET6, host) ? Host::kIpv6 : Host::kNone;
  }
  if (IsIp(AF_INET, host)) return Host::kIpv4;
  return IsName(host) ? Host::kName : Host::kNone;
}

bool IsPort(absl::string_view text, int least) {
  int port = 0;
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, &port) && port >= least && port <= 65535;
}

// kNone if the port is wrong or missing.
Host KindOfPlace(absl::string_view place, int least_port) {
  const size_t colon = place.rfind(':');
  if (colon == absl::string_view::npos || !IsPort(place.substr(colon + 1), least_port)) {
    return Host::kNone;
  }
  return KindOf(place.substr(0, colon));
}

bool AllAre(Host kind, absl::string_view places) {
  for (const absl::string_view place : absl::StrSplit(places, ',')) {
    if (KindOfPlace(place, 1) != kind) return false;
  }
  return true;
}

// "unix:path", "unix:/path" or "unix:///path".
bool IsUnixPath(absl::string_view path) {
  if (absl::ConsumePrefix(&path, "//") && !absl::StartsWith(path, "/")) return false;
  return !path.empty() && path.size() <= kMostOfUnixPath;
}

// What follows "dns:": host:port, or //[server]/host:port.
bool IsDns(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "//")) {
    const size_t slash = text.find('/');
    if (slash == absl::string_view::npos) return false;
    const absl::string_view server = text.substr(0, slash);
    if (!server.empty() && KindOf(server) == Host::kNone && KindOfPlace(server, 1) == Host::kNone) {
      return false;
    }
    text.remove_prefix(slash + 1);
  }
  return KindOfPlace(text, 1) != Host::kNone;
}

// What was given, for the message. No address has an @: it is a URL, perhaps with a password.
std::string Given(absl::string_view text) {
  return absl::StrContains(text, '@') ? "" : absl::StrCat(", not \"", text, "\"");
}

}  // namespace

std::optional<std::string> WrongListenAddress(absl::string_view text) {
  absl::string_view rest = text;
  const bool good =
      absl::ConsumePrefix(&rest, "unix:") ? IsUnixPath(rest) : KindOfPlace(text, 0) != Host::kNone;
  if (good) return std::nullopt;
  return absl::StrCat("must be host:port (an IPv6 address in brackets) or unix:/path", Given(text));
}

std::optional<std::string> WrongHttpListenAddress(absl::string_view text) {
  switch (KindOfPlace(text, 0)) {
    case Host::kName:
    case Host::kIpv4:
      return std::nullopt;
    case Host::kIpv6:
      return absl::StrCat("must be an IPv4 address", Given(text),
                          ": the metrics server is built without IPv6; use 0.0.0.0:port");
    case Host::kNone:
      break;
  }
  return absl::StrCat("must be host:port", Given(text));
}

std::optional<std::string> WrongServerAddress(absl::string_view text) {
  if (KindOfPlace(text, 1) != Host::kNone) return std::nullopt;
  return absl::StrCat("must be host:port (an IPv6 address in brackets)", Given(text));
}

std::optional<std::string> WrongChannelTarget(absl::string_view text) {
  absl::string_view rest = text;
  bool good = false;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    good = IsUnixPath(rest);
  } else if (absl::ConsumePrefix(&rest, "dns:")) {
    good = IsDns(rest);
  } else if (absl::ConsumePrefix(&rest, "ipv4:")) {
    good = AllAre(Host::kIpv4, rest);
  } else if (absl::ConsumePrefix(&rest, "ipv6:")) {
    good = AllAre(Host::kIpv6, rest);
  } else {
    good = KindOfPlace(text, 1) != Host::kNone;
  }
  if (good) return std::nullopt;
  return absl::StrCat(
      "must be host:port, dns:///host:port, ipv4:address:port, ipv6:[address]:port or unix:/path",
      Given(text));
}

}  // namespace crm::config

#include "common/redis/url_parts.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"

namespace crm::redis {
namespace {

constexpr int kMaxDb = 1'000'000;

absl::Status Refused(absl::string_view why) { return absl::InvalidArgumentError(why); }

// Takes the host from the front of `text`; what is left is the port with its colon, or nothing.
absl::StatusOr<std::string> TakeHost(absl::string_view& text) {
  std::string host;
  if (absl::ConsumePrefix(&text, "[")) {
    const size_t end = text.find(']');
    if (end == absl::string_view::npos) return Refused("the bracket of the host is not closed");
    host = std::string(text.substr(0, end));
    if (host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos) {
      return Refused("there is no IPv6 address in the brackets");
    }
    text.remove_prefix(end + 1);
  } else {
    host = std::string(text.substr(0, text.find(':')));
    text.remove_prefix(host.size());
  }
  if (host.empty()) return Refused("the host is missing");
  return host;
}

absl::StatusOr<int> ReadPort(absl::string_view text, int default_port) {
  if (text.empty()) return default_port;
  if (absl::StrContains(text.substr(1), ':')) return Refused("an IPv6 address needs brackets");
  int port = 0;
  if (!absl::ConsumePrefix(&text, ":") || !absl::SimpleAtoi(text, &port) || port < 1 ||
      port > 65535) {
    return Refused("the port must be a number from 1 to 65535");
  }
  return port;
}

}  // namespace

absl::StatusOr<Place> ParsePlace(absl::string_view text, int default_port) {
  CRM_ASSIGN_OR_RETURN(std::string host, TakeHost(text));
  CRM_ASSIGN_OR_RETURN(const int port, ReadPort(text, default_port));
  return Place{std::move(host), port};
}

absl::StatusOr<Login> ParseLogin(absl::string_view text) {
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos) {
    return Refused("a user needs a password: user:password@, or :password@ without a user");
  }
  const auto user = DecodePercent(text.substr(0, colon));
  const auto password = DecodePercent(text.substr(colon + 1));
  if (!user || !password) return Refused("user or password are not percent-encoded");
  return Login{*user, *password};
}

absl::StatusOr<int> ParseDb(absl::string_view text) {
  int db = 0;
  if (!text.empty() && (!absl::SimpleAtoi(text, &db) || db < 0 || db > kMaxDb)) {
    return Refused("the database, behind the slash, must be a number");
  }
  return db;
}

std::optional<std::string> DecodePercent(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    int value = 0;
    if (i + 2 >= text.size() || !absl::SimpleHexAtoi(text.substr(i + 1, 2), &value)) {
      return std::nullopt;
    }
    out.push_back(static_cast<char>(value));
    i += 2;
  }
  return out;
}

}  // namespace crm::redis

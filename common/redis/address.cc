#include "common/redis/address.h"

#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"

namespace crm::redis {
namespace {

constexpr int kMaxDb = 1'000'000;

absl::Status Refused(absl::string_view why) { return absl::InvalidArgumentError(why); }

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

absl::Status ReadLogin(absl::string_view login, Address& address) {
  const size_t colon = login.find(':');
  if (colon == absl::string_view::npos) {
    return Refused("a user needs a password: user:password@, or :password@ without a user");
  }
  const auto user = DecodePercent(login.substr(0, colon));
  const auto password = DecodePercent(login.substr(colon + 1));
  if (!user || !password) return Refused("user or password are not percent-encoded");
  address.user = *user;
  address.password = *password;
  return absl::OkStatus();
}

// Takes the host from the front of `place`; what is left is the port with its colon, or nothing.
absl::Status TakeHost(absl::string_view& place, Address& address) {
  size_t end = place.find(':');
  if (absl::ConsumePrefix(&place, "[")) {
    end = place.find(']');
    if (end == absl::string_view::npos) return Refused("the bracket of the host is not closed");
    address.host = std::string(place.substr(0, end));
    if (place.substr(0, end).find_first_not_of("0123456789abcdefABCDEF:.") != place.npos) {
      return Refused("there is no IPv6 address in the brackets");
    }
    place.remove_prefix(end + 1);
  } else {
    address.host = std::string(place.substr(0, end));
    place.remove_prefix(address.host.size());
  }
  if (address.host.empty()) return Refused("the host is missing");
  return absl::OkStatus();
}

absl::Status ReadPort(absl::string_view text, Address& address) {
  if (text.empty()) return absl::OkStatus();
  if (absl::StrContains(text.substr(1), ':')) return Refused("an IPv6 address needs brackets");
  if (!absl::ConsumePrefix(&text, ":") || !absl::SimpleAtoi(text, &address.port) ||
      address.port < 1 || address.port > 65535) {
    return Refused("the port must be a number from 1 to 65535");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Address> Address::Parse(absl::string_view url) {
  Address address;
  if (!absl::ConsumePrefix(&url, "redis://")) return Refused("it must begin with redis://");
  if (const size_t at = url.rfind('@'); at != absl::string_view::npos) {
    CRM_RETURN_IF_ERROR(ReadLogin(url.substr(0, at), address));
    url.remove_prefix(at + 1);
  }
  const size_t slash = url.find('/');
  absl::string_view place = url.substr(0, slash);
  CRM_RETURN_IF_ERROR(TakeHost(place, address));
  CRM_RETURN_IF_ERROR(ReadPort(place, address));
  const absl::string_view db =
      slash == absl::string_view::npos ? absl::string_view() : url.substr(slash + 1);
  if (!db.empty() &&
      (!absl::SimpleAtoi(db, &address.db) || address.db < 0 || address.db > kMaxDb)) {
    return Refused("the database, behind the slash, must be a number");
  }
  return address;
}

}  // namespace crm::redis

#include "common/redis/address.h"

#include "absl/strings/strip.h"
#include "common/base/status.h"

namespace crm::redis {
namespace {

constexpr int kRedisPort = 6379;

}  // namespace

absl::StatusOr<Address> Address::Parse(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, "redis://")) {
    return absl::InvalidArgumentError(
        "it must begin with redis://, redis+sentinel:// or redis+cluster://");
  }
  Address address;
  if (const size_t at = url.rfind('@'); at != absl::string_view::npos) {
    CRM_ASSIGN_OR_RETURN(address.login, ParseLogin(url.substr(0, at)));
    url.remove_prefix(at + 1);
  }
  const size_t slash = url.find('/');
  CRM_ASSIGN_OR_RETURN(address.place, ParsePlace(url.substr(0, slash), kRedisPort));
  if (slash == absl::string_view::npos) return address;
  CRM_ASSIGN_OR_RETURN(address.db, ParseDb(url.substr(slash + 1)));
  return address;
}

}  // namespace crm::redis

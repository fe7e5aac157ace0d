#include "common/auth/token.h"

#include <algorithm>

namespace crm::auth {
namespace {

absl::string_view MessageOf(TokenCheck check) {
  switch (check) {
    case TokenCheck::kMissing:
      return "The call needs a bearer token.";
    case TokenCheck::kExpired:
      return "The bearer token has expired.";
    default:
      return "The bearer token is not accepted.";
  }
}

}  // namespace

bool Caller::Holds(absl::string_view scope) const {
  return std::binary_search(scopes.begin(), scopes.end(), scope);
}

error::Error TokenInvalid(TokenCheck check) {
  return error::Error(absl::StatusCode::kUnauthenticated, error::kTokenInvalid, MessageOf(check))
      .With("check", base::NameOf(kTokenCheckNames, check));
}

}  // namespace crm::auth

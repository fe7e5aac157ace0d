#include "services/contact/rpc/upsert_checks.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/request_checks.h"
#include "services/contact/domain/contact_keys.h"
#include "services/contact/rpc/contact_checks.h"

namespace crm::contact {
namespace {

constexpr size_t kMostUpserts = 1000;

}  // namespace

void Check(const v1::UpsertContactsRequest& request, rpc::Validation& v) {
  v.Count("requests", static_cast<size_t>(request.requests_size()), kMostUpserts, 1);
  if (static_cast<size_t>(request.requests_size()) > kMostUpserts) return;
  for (int i = 0; i < request.requests_size(); ++i) {
    const std::string path = absl::StrCat("requests[", i, "].");
    v.Uuid(path + "request_id", request.requests(i).request_id(), rpc::kOptional)
        .Present(path + "contact", request.requests(i).has_contact());
  }
}

absl::Status CheckUpsert(const v1::UpsertContactRequest& request, const Contact& normal,
                         absl::Time now) {
  rpc::Validation v(now);
  CheckGiven(request.contact(), v);
  if (KeysOf(normal).empty()) {
    v.Custom("contact", "must have an external id, an e-mail address or a domain");
  }
  return v.ToStatus();
}

absl::Status CheckNew(const v1::UpsertContactRequest& request, absl::Time now) {
  rpc::Validation v(now);
  CheckDraft(request.contact(), v);
  return v.ToStatus();
}

}  // namespace crm::contact

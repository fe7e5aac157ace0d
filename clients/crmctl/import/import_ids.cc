#include "clients/crmctl/import/import_ids.h"

#include "clients/cpp/request_id.h"

namespace crm::crmctl {
namespace {

// Fixed for ever: another value would import everything a second time.
constexpr base::Uuid kSpace(0x6f1a3c0e5b7d5e21ull, 0x9d4be2a70c8f4413ull);

}  // namespace

ImportIds::ImportIds(absl::string_view tenant, absl::string_view import_name)
    : contacts_(client::DerivedId(kSpace, {tenant, "contact"})),
      leads_(client::DerivedId(kSpace, {tenant, "lead"})),
      requests_(client::DerivedId(kSpace, {tenant, "request", import_name})) {}

base::Uuid ImportIds::Contact(absl::string_view external_id) const {
  return client::DerivedId(contacts_, {external_id});
}

base::Uuid ImportIds::Lead(absl::string_view external_id) const {
  return client::DerivedId(leads_, {external_id});
}

std::string ImportIds::RequestId(absl::string_view entity, absl::string_view key,
                                 absl::string_view step) const {
  return client::DerivedId(requests_, {entity, key, step}).ToString();
}

}  // namespace crm::crmctl

#include "clients/crmctl/import/import_ids.h"

#include <absl/strings/str_cat.h>

#include "clients/cpp/request_id.h"

namespace crm::crmctl {
namespace {

// Fixed for ever: another value would import everything a second time.
constexpr base::Uuid kSpace(0x6f1a3c0e5b7d5e21ull, 0x9d4be2a70c8f4413ull);

}  // namespace

ImportIds::ImportIds(absl::string_view tenant, absl::string_view import_name)
    : organizations_(client::DerivedId(kSpace, {tenant, "contact"})),
      persons_(client::DerivedId(kSpace, {tenant, "person"})),
      deal_contacts_(client::DerivedId(kSpace, {tenant, "deal contact"})),
      leads_(client::DerivedId(kSpace, {tenant, "lead"})),
      lone_leads_(client::DerivedId(kSpace, {tenant, "lone lead"})),
      opportunities_(client::DerivedId(kSpace, {tenant, "opportunity"})),
      activities_(client::DerivedId(kSpace, {tenant, "activity"})),
      assessments_(client::DerivedId(kSpace, {tenant, "assessment"})),
      requests_(client::DerivedId(kSpace, {tenant, "request", import_name})) {}

base::Uuid ImportIds::Organization(absl::string_view key) const {
  return client::DerivedId(organizations_, {key});
}

base::Uuid ImportIds::Person(absl::string_view key) const {
  return client::DerivedId(persons_, {key});
}

base::Uuid ImportIds::DealContact(absl::string_view key) const {
  return client::DerivedId(deal_contacts_, {key});
}

base::Uuid ImportIds::Lead(absl::string_view key) const { return client::DerivedId(leads_, {key}); }

base::Uuid ImportIds::LoneLead(absl::string_view key) const {
  return client::DerivedId(lone_leads_, {key});
}

base::Uuid ImportIds::Opportunity(absl::string_view key) const {
  return client::DerivedId(opportunities_, {key});
}

base::Uuid ImportIds::Activity(absl::string_view key) const {
  return client::DerivedId(activities_, {key});
}

base::Uuid ImportIds::Assessment(absl::string_view key, int turn) const {
  return client::DerivedId(assessments_, {key, absl::StrCat(turn)});
}

std::string ImportIds::RequestId(absl::string_view entity, absl::string_view key,
                                 absl::string_view step) const {
  return client::DerivedId(requests_, {entity, key, step}).ToString();
}

}  // namespace crm::crmctl

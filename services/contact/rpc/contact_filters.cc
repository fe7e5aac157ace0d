#include "services/contact/rpc/contact_filters.h"

#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/normal_forms.h"

namespace crm::contact {
namespace {

constexpr auto kStages = listing::NamesIn(kLifecycleStageNames);
constexpr auto kKinds = listing::NamesIn(kContactKindNames);
constexpr auto kAccountStatuses = listing::NamesIn(kAccountStatusNames);

#define CRM_HOLDS_KEY(kind)                                                              \
  "(tenant, id) IN (SELECT k.tenant, k.contact FROM contact_key k WHERE k.kind = '" kind \
  "' AND k.value = ?)"

constexpr listing::Field kContactFields[] = {
    listing::EnumField("stage", kStages),
    listing::TextField("owner"),
    listing::EnumField("kind", kKinds),
    listing::NameField("organization", kContacts, listing::kExactOrSet),
    {.name = "domain", .column = CRM_HOLDS_KEY("domain"), .normalize = NormalizeDomain},
    {.name = "email", .column = CRM_HOLDS_KEY("email"), .normalize = NormalizeEmail},
    {.name = "external_id", .column = CRM_HOLDS_KEY("external_id")},
    listing::kCreateTimeField,
};

#undef CRM_HOLDS_KEY

constexpr listing::Field kAccountFields[] = {
    listing::EnumField("status", kAccountStatuses),
    listing::TextField("owner"),
    listing::NameField("customer", kContacts),
    listing::kCreateTimeField,
};

}  // namespace

absl::Span<const listing::Field> ContactFields() { return kContactFields; }
absl::Span<const listing::Field> AccountFields() { return kAccountFields; }

}  // namespace crm::contact

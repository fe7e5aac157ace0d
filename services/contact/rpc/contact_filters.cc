#include "services/contact/rpc/contact_filters.h"

#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/normal_forms.h"

namespace crm::contact {
namespace {

using listing::FieldType;

constexpr auto kStages = listing::NamesIn(kLifecycleStageNames);
constexpr auto kKinds = listing::NamesIn(kContactKindNames);
constexpr auto kAccountStatuses = listing::NamesIn(kAccountStatusNames);

#define CRM_HOLDS_KEY(kind)                                                              \
  "(tenant, id) IN (SELECT k.tenant, k.contact FROM contact_key k WHERE k.kind = '" kind \
  "' AND k.value = ?)"

constexpr listing::Field kContactFields[] = {
    {.name = "stage", .type = FieldType::kEnum, .column = "stage", .values = kStages},
    {.name = "owner", .column = "owner"},
    {.name = "kind", .type = FieldType::kEnum, .column = "kind", .values = kKinds},
    {.name = "organization",
     .type = FieldType::kName,
     .column = "organization",
     .collection = "contacts"},
    {.name = "domain", .column = CRM_HOLDS_KEY("domain"), .normalize = NormalizeDomain},
    {.name = "email", .column = CRM_HOLDS_KEY("email"), .normalize = NormalizeEmail},
    {.name = "external_id", .column = CRM_HOLDS_KEY("external_id")},
    {.name = "create_time",
     .type = FieldType::kTime,
     .column = "create_time",
     .operators = listing::kFromTo},
};

#undef CRM_HOLDS_KEY

constexpr listing::Field kAccountFields[] = {
    {.name = "status", .type = FieldType::kEnum, .column = "status", .values = kAccountStatuses},
    {.name = "owner", .column = "owner"},
    {.name = "customer", .type = FieldType::kName, .column = "customer", .collection = "contacts"},
    {.name = "create_time",
     .type = FieldType::kTime,
     .column = "create_time",
     .operators = listing::kFromTo},
};

}  // namespace

absl::Span<const listing::Field> ContactFields() { return kContactFields; }
absl::Span<const listing::Field> AccountFields() { return kAccountFields; }

}  // namespace crm::contact

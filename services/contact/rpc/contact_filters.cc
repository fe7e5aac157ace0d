#include "services/contact/rpc/contact_filters.h"

#include "common/base/unicode.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/normal_forms.h"

namespace crm::contact {
namespace {

constexpr auto kStages = listing::NamesIn(kLifecycleStageNames);
constexpr auto kKinds = listing::NamesIn(kContactKindNames);
constexpr auto kAccountStatuses = listing::NamesIn(kAccountStatusNames);

#define CRM_HOLDERS(kind) \
  "SELECT k.tenant, k.contact FROM contact_key k WHERE k.kind = '" kind "' AND k.value = ?"

// A field that is a key: live contacts hold it, and deleted ones are found by their rows.
#define CRM_KEY_FIELD(key, of_deleted, form)                                                    \
  {                                                                                             \
    .name = key, .column = "(tenant, id) IN (" CRM_HOLDERS(key) ")",                          \
    .with_deleted = "(tenant, id) IN (" CRM_HOLDERS(key) " UNION ALL SELECT d.tenant, d.id "  \
                    "FROM contact d WHERE d.delete_time IS NOT NULL AND " of_deleted ")",     \
    .normalize = form \
  }

constexpr listing::Field kContactFields[] = {
    listing::EnumField("stage", kStages),
    {.name = "owner", .column = "owner", .operators = listing::kExact, .normalize = base::Tidy},
    listing::EnumField("kind", kKinds),
    {.name = "employments.organization",
     .type = listing::FieldType::kName,
     .column = "(tenant, id) IN (SELECT e.tenant, e.contact FROM contact_employment e WHERE "
               "e.organization = ?)",
     .collection = kContacts},
    CRM_KEY_FIELD("domain", "d.domain <> '' AND d.domain = ?", NormalizeDomain),
    CRM_KEY_FIELD("email", "d.emails @> jsonb_build_array(jsonb_build_object('normalized', ?))",
                  NormalizeEmail),
    CRM_KEY_FIELD("external_id", "d.external_id <> '' AND d.external_id = ?", base::Tidy),
    {.name = "attributes",
     .type = listing::FieldType::kMap,
     .column = "attributes",
     .operators = listing::kExact},
    listing::kCreateTimeField,
};

#undef CRM_KEY_FIELD
#undef CRM_HOLDERS

constexpr listing::Field kAccountFields[] = {
    listing::EnumField("status", kAccountStatuses),
    listing::TextField("owner"),
    listing::NameField("customer", kContacts),
    {.name = "attributes",
     .type = listing::FieldType::kMap,
     .column = "attributes",
     .operators = listing::kExact},
    listing::kCreateTimeField,
};

}  // namespace

absl::Span<const listing::Field> ContactFields() { return kContactFields; }
absl::Span<const listing::Field> AccountFields() { return kAccountFields; }

}  // namespace crm::contact

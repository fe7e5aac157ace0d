#include "services/contact/rpc/contact_filters.h"

#include "common/address/normal_forms.h"
#include "common/base/unicode.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

constexpr auto kStages = listing::NamesIn(kLifecycleStageNames);
constexpr auto kKinds = listing::NamesIn(kContactKindNames);
constexpr auto kAccountStatuses = listing::NamesIn(kAccountStatusNames);

#define CRM_HOLDERS(kind) \
  "SELECT k.tenant, k.contact FROM contact_key k WHERE k.kind = '" kind "' AND k.value = ?"

// Those whom contacts that had it are part of.
#define CRM_FORMER_HOLDERS(kind)                                         \
  " UNION ALL SELECT c.tenant, c.merged_into FROM contact_former_key f " \
  "JOIN contact c ON c.tenant = f.tenant AND c.id = f.contact "          \
  "WHERE f.kind = '" kind "' AND f.value = ?"

// A field that is a key: live contacts hold it, and deleted ones are found by their rows.
#define CRM_KEY_FIELD(key, of_deleted, form)                                                    \
  {                                                                                             \
    .name = key, .column = "(tenant, id) IN (" CRM_HOLDERS(key) CRM_FORMER_HOLDERS(key) ")",  \
    .with_deleted = "(tenant, id) IN (" CRM_HOLDERS(key) CRM_FORMER_HOLDERS(key)              \
                    " UNION ALL SELECT d.tenant, d.id "                                       \
                    "FROM contact d WHERE d.delete_time IS NOT NULL AND " of_deleted ")",     \
    .normalize = form \
  }

// Who has a job with an organization, by whatever of its names: its own, those of the ones that are
// part of it, and that of the one that it is part of, with what else is.
#define CRM_EMPLOYED "SELECT e.tenant, e.contact FROM contact_employment e "
#define CRM_JOIN_EMPLOYED(name) \
  "JOIN contact_employment e ON e.tenant = o.tenant AND e.organization = " name " "
constexpr char kEmployedBy[] =
    "(tenant, id) IN (" CRM_EMPLOYED "WHERE e.organization = ? "
    "UNION ALL SELECT e.tenant, e.contact FROM contact_merge o " CRM_JOIN_EMPLOYED("o.contact")
    "WHERE o.head = ? "
    "UNION ALL SELECT e.tenant, e.contact FROM contact_merge o " CRM_JOIN_EMPLOYED("o.head")
    "WHERE o.contact = ? "
    "UNION ALL SELECT e.tenant, e.contact FROM contact_merge o "
    "JOIN contact_merge m ON m.tenant = o.tenant AND m.head = o.head "
    CRM_JOIN_EMPLOYED("m.contact") "WHERE o.contact = ?)";
#undef CRM_JOIN_EMPLOYED
#undef CRM_EMPLOYED

constexpr listing::Field kContactFields[] = {
    listing::EnumField("stage", kStages),
    {.name = "owner", .column = "owner", .operators = listing::kExact, .normalize = base::Tidy},
    listing::EnumField("kind", kKinds),
    {.name = "employments.organization",
     .type = listing::FieldType::kName,
     .column = kEmployedBy,
     .collection = kContacts},
    CRM_KEY_FIELD("domain", "d.domain <> '' AND d.domain = ?", address::NormalizeDomain),
    CRM_KEY_FIELD("email", "d.emails @> jsonb_build_array(jsonb_build_object('normalized', ?))",
                  address::NormalizeEmail),
    CRM_KEY_FIELD("external_id", "d.external_id <> '' AND d.external_id = ?", base::Tidy),
    {.name = "attributes",
     .type = listing::FieldType::kMap,
     .column = "attributes",
     .operators = listing::kExact},
    listing::kCreateTimeField,
};

#undef CRM_KEY_FIELD
#undef CRM_FORMER_HOLDERS
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

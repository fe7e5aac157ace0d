#include "services/contact/store/key_reads.h"

#include <optional>
#include <utility>

#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/contact/store/merge_statements.h"

namespace crm::contact {

absl::StatusOr<KeyHolders> FindKeyHolders(pg::Pool& pool, const std::string& tenant,
                                          absl::Span<const ContactKey> keys,
                                          base::Deadline deadline) {
  KeyHolders holders;
  if (keys.empty()) return holders;
  pg::Columns wanted;
  for (const ContactKey& key : keys) {
    wanted.Add(tenant, base::NameOf(kKeyKindNames, key.kind), key.value);
  }
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(pg::Tenants(tenant), kFindByKeys, wanted.ToParams(), deadline));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const std::optional<KeyKind> kind = base::ValueOf(kKeyKindNames, read.Text(1));
    ContactKey key{kind.value_or(KeyKind::kEmail), read.Text(2)};
    const base::Uuid holder = read.Uuid(3);
    if (!read.ok() || !kind) return read.Damage("contact_key");
    holders.emplace(std::move(key), holder);
  }
  return holders;
}

}  // namespace crm::contact

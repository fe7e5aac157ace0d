#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/rows.h"

// One policy for rows that cannot be read, because they are damaged or come from a newer version:
// no row is skipped, guessed at or rewritten. `read` turns a row into a StatusOr<A> with DATA_LOSS
// DATA_DAMAGED that names the thing (pg::RowReader). The first two columns of a row are its tenant
// and id; of a row whose key cannot be read nobody knows which of the things asked for it is, so
// that any of those without a row may be it.
namespace crm::aggregate {

inline std::optional<Key> KeyOf(const pg::Row& row) {
  pg::RowReader read(row);
  Key key{read.Text(0), read.Uuid(1)};
  return read.ok() ? std::optional(std::move(key)) : std::nullopt;
}

// The columns with which every aggregate's row begins: tenant, id, revision, create_time,
// update_time.
template <class A>
void ReadHead(pg::RowReader& read, A& thing) {
  thing.tenant = read.Text(0);
  thing.id = read.Uuid(1);
  thing.revision = read.Int(2);
  thing.create_time = read.Time(3);
  thing.update_time = read.Time(4);
}

// ($1 tenants, $2 ids) of a statement.
inline pg::Params KeyParams(absl::Span<const Key> keys) {
  pg::Columns columns;
  for (const Key& key : keys) columns.Add(key.tenant, key.id);
  pg::Params params;
  if (columns.empty()) {
    params.Add("{}").Add("{}");
  } else {
    columns.AddTo(params);
  }
  return params;
}

// The things of `keys`, in that order: each the thing, NOT_FOUND with the name that `name` gives
// its key, or DATA_LOSS; the failure of the query for all. A key that repeats has as many rows.
template <class A, class Read, class Name>
std::vector<absl::StatusOr<A>> ReadByKey(absl::Span<const Key> keys,
                                         const absl::StatusOr<pg::Rows>& rows, const Read& read,
                                         const Name& name) {
  std::vector<absl::StatusOr<A>> things(keys.size(), absl::NotFoundError(""));
  if (!rows.ok()) {
    for (auto& thing : things) thing = rows.status();
    return things;
  }
  size_t next = 0;
  bool strays = false;
  for (const pg::Row row : *rows) {
    const std::optional<base::Uuid> id = base::Uuid::Parse(row.View(1));
    strays |= !id || row.IsNull(0);
    const auto awaits_row = [&](size_t i) {
      return keys[i].id == id && keys[i].tenant == row.View(0) &&
             absl::IsNotFound(things[i].status());
    };
    // Rows come in the order of the keys as a rule, so this hardly searches.
    for (size_t n = 0; n < keys.size(); ++n) {
      const size_t i = (next + n) % keys.size();
      if (!awaits_row(i)) continue;
      things[i] = read(row);
      next = i + 1;
      break;
    }
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!absl::IsNotFound(things[i].status())) continue;
    things[i] = strays ? error::DataDamaged(name(keys[i])) : error::NotFound(name(keys[i]));
  }
  return things;
}

// All rows of a page, in order. One that cannot be read fails the page with its DATA_LOSS: a page
// without it would look complete.
template <class A, class Read>
absl::StatusOr<std::vector<A>> ReadPage(const absl::StatusOr<pg::Rows>& rows, const Read& read) {
  if (!rows.ok()) return rows.status();
  std::vector<A> page;
  page.reserve(static_cast<size_t>(rows->size()));
  for (const pg::Row row : *rows) {
    absl::StatusOr<A> thing = read(row);
    if (!thing.ok()) return thing.status();
    page.push_back(*std::move(thing));
  }
  return page;
}

}  // namespace crm::aggregate

#include "clients/crmctl/import/draft_parties.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>

#include <algorithm>

#include "clients/crmctl/import/value_text.h"

namespace crm::crmctl {
namespace {

// The values of a column as keys; one cell may have several.
std::vector<std::string> KeysIn(const std::string& cell) {
  return absl::StrContains(cell, ';') ? SplitValues(cell, ";") : std::vector<std::string>{cell};
}

constexpr size_t kSample = 1000;  // cells, of columns that no name speaks for

bool TellsApart(const ColumnProfile& column, size_t rows) {
  // Some dirt is allowed; of many values not all are told apart.
  const auto filled = static_cast<size_t>(column.filled);
  const int64_t least = std::min<int64_t>(kManyValues, column.filled - column.filled / 20);
  return filled > 0 && 10 * filled >= 7 * rows && column.distinct >= least;
}

}  // namespace

DraftParties::DraftParties(const std::deque<DraftTable>& tables) : tables_(tables) {
  for (const DraftTable& table : tables_) Find(table);
  if (!Has(Entity::kOrganization)) {
    for (const DraftTable& table : tables_) {
      if (table.role != DraftTable::Role::kThings || table.entity != Entity::kDeal) continue;
      const std::string column = table.Find(Entity::kOrganization, "display_name");
      if (column.empty() || column == table.Find(Entity::kDeal, "title")) continue;
      parties_.push_back({&table, Entity::kOrganization, nullptr, true, column, {}});
    }
  }
  std::stable_sort(parties_.begin(), parties_.end(),
                   [](const DraftParty& a, const DraftParty& b) { return a.entity < b.entity; });
  for (DraftParty& party : parties_) ChooseKey(&party);
}

void DraftParties::Find(const DraftTable& table) {
  if (table.role != DraftTable::Role::kThings || !IsContact(table.entity)) return;
  const std::string company = table.Named({"is a company"});
  if (company.empty()) return parties_.push_back({&table, table.entity, nullptr, false, "", {}});
  const std::vector<std::string> yes = {"true", "1"};
  parties_.push_back(
      {&table, Entity::kOrganization, {{"column", company}, {"in", yes}}, false, "", {}});
  parties_.push_back(
      {&table, Entity::kPerson, {{"column", company}, {"not_in", yes}}, false, "", {}});
}

bool DraftParties::Has(Entity entity) const {
  return std::any_of(parties_.begin(), parties_.end(),
                     [&](const DraftParty& each) { return each.entity == entity; });
}

void DraftParties::ChooseKey(DraftParty* party) {
  const DraftTable& table = *party->table;
  const auto keys_of = [&](const std::string& column) {
    absl::flat_hash_set<std::string> keys;
    const std::optional<size_t> at = table.table.Column(column);
    const std::string by =
        party->where.is_object() ? party->where["column"].get<std::string>() : "";
    const std::optional<size_t> condition = table.table.Column(by);
    for (const CsvRow& row : table.table.rows()) {
      if (!row.problem.empty()) continue;
      if (condition) {
        const std::string form = FormOf(row.fields[*condition]);
        const bool yes = form == "true" || form == "1";
        if (yes != (party->entity == Entity::kOrganization)) continue;
      }
      if (!row.fields[*at].empty()) keys.insert(row.fields[*at]);
    }
    return keys;
  };
  if (!party->key.empty()) {
    party->keys = keys_of(party->key);
    return;
  }
  int64_t most = -1;
  for (const std::string& column : table.Candidates(party->entity, "key")) {
    if (!TellsApart(table.Profile(column), table.table.rows().size())) continue;
    DraftParty attempt = *party;
    attempt.key = column;
    attempt.keys = keys_of(column);
    std::swap(*party, attempt);
    int64_t found = 0;
    for (const DraftTable& other : tables_) {
      if (other.role != DraftTable::Role::kThings || &other == &table) continue;
      const char* field = party->entity == Entity::kOrganization ? "organization" : "contact";
      const Entity entity = other.entity == Entity::kPerson ? Entity::kPerson : Entity::kDeal;
      found += Reference(other, entity, field, party->entity).found;
    }
    if (found <= most) std::swap(*party, attempt);
    most = std::max(most, found);
  }
}

void DraftReference::Take(const std::string& cell, const std::string& first, bool is_key) {
  if (cell.empty()) return;
  ++(is_key ? found : missing);
  several |= is_key && first != cell;
  words_ |= is_key && !std::all_of(first.begin(), first.end(), absl::ascii_isdigit);
}

DraftReference DraftParties::Count(const DraftTable& table, const std::string& column, Entity to,
                                   size_t most) const {
  DraftReference reference;
  reference.column = column;
  for (const std::string& cell : table.Cells(column, most)) {
    const std::vector<std::string> keys = KeysIn(cell);
    const bool found = std::any_of(parties_.begin(), parties_.end(), [&](const DraftParty& each) {
      return each.entity == to && !keys.empty() && each.keys.contains(keys.front());
    });
    reference.Take(cell, keys.size() == 1 ? cell : keys.front(), found);
  }
  return reference;
}

DraftReference DraftParties::Reference(const DraftTable& table, Entity entity, const char* field,
                                       Entity to) const {
  DraftReference best;
  for (const std::string& column : table.Candidates(entity, field)) {
    DraftReference each = Count(table, column, to);
    if (each.found > best.found) best = std::move(each);
  }
  const auto own = std::find_if(parties_.begin(), parties_.end(), [&](const DraftParty& each) {
    return each.table == &table && each.entity == to;
  });
  if (best.found == 0 && own != parties_.end() && own->repeats) return Count(table, own->key, to);
  if (best.found > 0 || own != parties_.end()) return best;
  for (const std::string& column : table.table.columns()) {
    if (table.table.Count(column) > 1) continue;
    DraftReference each = Count(table, column, to, kSample);
    if (each.found <= best.found || !each.IsPlain()) continue;
    best = Count(table, column, to);
    best.by_values = true;
  }
  return best;
}

}  // namespace crm::crmctl

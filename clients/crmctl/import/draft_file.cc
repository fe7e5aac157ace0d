#include "clients/crmctl/import/draft_file.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

namespace crm::crmctl {
namespace {

const std::vector<std::string> kYes = {"true", "1"};
constexpr size_t kMostAttributes = 50;

// Whether a part of the mapping names the column anywhere, by itself or in a template.
bool Names(const DraftJson& part, const std::string& column) {
  if (part.is_string()) {
    const auto& text = part.get_ref<const std::string&>();
    return text == column || absl::StrContains(text, absl::StrCat("{", column, "}"));
  }
  return part.is_structured() && std::any_of(part.begin(), part.end(), [&](const DraftJson& each) {
           return Names(each, column);
         });
}

}  // namespace

void DraftFile::Put(const std::string& field, DraftSource source) {
  node["fields"][field] = std::move(source.source);
  if (!source.note.empty()) notes[absl::StrCat("fields.", field)] = std::move(source.note);
}

void DraftFile::Where(DraftJson condition) {
  DraftJson& where = node["rows"]["where"];
  if (!where.is_array()) where = DraftJson::array();
  where.push_back(std::move(condition));
}

void DraftFile::PutTexts(const DraftTable& table, Entity entity,
                         std::initializer_list<const char*> fields) {
  for (const char* field : fields) {
    const std::vector<std::string> columns = table.Chain(entity, field);
    if (!columns.empty()) Put(field, TextSource(columns));
  }
}

void DraftFile::PutReach(const DraftTable& table, Entity entity,
                         std::initializer_list<const char*> fields) {
  for (const char* field : fields) {
    const std::vector<std::string> columns = table.Chain(entity, field);
    if (columns.empty()) continue;
    DraftSource source = ReachSource(table, columns);
    // A lead's contact has one address.
    if (!IsContact(entity)) source.source.erase("split");
    Put(field, std::move(source));
  }
}

void DraftFile::PutLoosely(const DraftTable& table, Entity entity, const char* field) {
  const std::string column = table.Find(entity, field);
  if (!column.empty()) Put(field, {{{"column", column}, {"on_error", "drop"}}, ""});
}

const DraftTable* DraftFiles::Of(DraftTable::Role role) const {
  const auto it = std::find_if(tables_.begin(), tables_.end(),
                               [&](const DraftTable& each) { return each.role == role; });
  return it == tables_.end() ? nullptr : &*it;
}

DraftFile DraftFiles::Head(const DraftTable& table, Entity entity, const std::string& key) const {
  DraftFile file;
  file.node["entity"] = NameOf(entity);
  file.notes["entity"] = "GUESS: what the rows are";
  file.node["file"] = table.name;
  if (!table.encoding.empty()) {
    file.node["encoding"] = table.encoding;
    file.notes["encoding"] = "GUESS";
  }
  if (table.skip > 0) file.node["rows"]["skip"] = table.skip;
  if (table.footer > 0) file.node["rows"]["footer"] = table.footer;
  if (table.skip > 0 || table.footer > 0) {
    file.notes["rows"] = "GUESS: lines above the header, sums below the rows";
  }
  if (const std::string gone = table.Named({"is deleted"}); !gone.empty()) {
    file.Where({{"column", gone}, {"not_in", kYes}});
  }
  const auto rows = static_cast<int64_t>(table.table.rows().size());
  if (!key.empty() && table.Profile(key).filled < rows && table.Profile(key).filled > 0) {
    file.Where({{"column", key}, {"matches", "?*"}});
    file.notes["rows"] = absl::StrCat("GUESS: rows without ", key, " are none");
  }
  file.node["key"] = key.empty() ? DraftJson{{"row", true}} : DraftJson(key);
  if (key.empty()) file.notes["key"] = "TO DO: the column that tells rows apart";
  file.node["rest"] = "attributes";
  return file;
}

void DraftFiles::PutOwner(const DraftTable& table, Entity entity, DraftFile* file) const {
  const DraftTable* const users = Of(DraftTable::Role::kUsers);
  const std::string id = table.Named({"owner id"});
  if (users == nullptr || id.empty()) return file->PutTexts(table, entity, {"owner"});
  const std::string own = users->Named({"id", "user id"});
  const std::string name = users->Named({"username", "email", "name"});
  if (own.empty() || name.empty()) return file->Put("owner", TextSource({id}));
  DraftJson& from = file->node["from"];
  if (!from.is_array()) from = DraftJson::array();
  from.push_back(
      {{"file", users->name}, {"on", {{"own", id}, {"other", own}}}, {"prefix", "owner."}});
  file->Put("owner", TextSource({absl::StrCat("owner.", name)}));
}

void DraftFiles::PutReference(const DraftReference& reference, const char* field,
                              DraftFile* file) const {
  if (reference.found == 0) return;
  DraftSource source = TextSource({reference.column});
  if (reference.several || reference.missing > 0) source.source = {{"column", reference.column}};
  if (reference.several) source.source["split"] = ";";
  if (reference.by_values) source.note = "GUESS: by its values, which are keys there";
  if (reference.missing > 0) {
    source.source["on_error"] = "drop";
    source.note = absl::StrCat("GUESS: ", reference.missing, " of them are in no file");
  }
  file->Put(field, std::move(source));
}

DraftFile DraftFiles::Contact(const DraftParty& party) const {
  const DraftTable& table = *party.table;
  const Entity entity = party.entity;
  DraftFile file = Head(table, entity, party.key);
  if (party.where.is_object()) file.Where(party.where);
  if (party.repeats) {
    file.node["rows"]["same_key"] = "first";
    file.node.erase("rest");
    file.Put("display_name", TextSource({party.key}));
    return file;
  }
  file.PutTexts(table, entity,
                {"display_name", "given_name", "family_name", "job_title", "department", "industry",
                 "location"});
  if (entity == Entity::kOrganization) {
    if (const std::string column = table.Find(entity, "employee_count"); !column.empty()) {
      file.Put("employee_count", WholeSource(table, column));
    }
    if (const auto columns = table.Candidates(entity, "annual_revenue"); !columns.empty()) {
      DraftSource money =
          MoneySource(table, {columns.front()}, table.Find(Entity::kDeal, "currency"));
      money.source["on_error"] = "drop";
      file.Put("annual_revenue", std::move(money));
    }
    file.PutLoosely(table, entity, "domain");
    PutReference(parties_.Reference(table, entity, "parent", Entity::kOrganization), "parent",
                 &file);
  } else {
    PutReference(parties_.Reference(table, entity, "organization", Entity::kOrganization),
                 "organization", &file);
  }
  file.PutReach(table, entity, {"email", "phone"});
  PutOwner(table, entity, &file);
  if (const std::string column = table.Find(entity, "effective"); !column.empty()) {
    file.Put("effective", DateSource(table, column));
  }
  return file;
}

std::vector<DraftFile> DraftFiles::Write() const {
  std::vector<DraftFile> files = Parts();
  for (DraftFile& file : files) {
    KeepRestInBounds(&file);
    DraftJson ordered;
    for (const char* key : {"entity", "file", "encoding", "rows", "from", "key", "rest", "stages",
                            "stage_history", "fields"}) {
      if (file.node.contains(key)) ordered[key] = std::move(file.node[key]);
    }
    file.node = std::move(ordered);
  }
  return files;
}

void DraftFiles::KeepRestInBounds(DraftFile* file) const {
  if (!file->node.contains("rest")) return;
  const auto table = std::find_if(tables_.begin(), tables_.end(), [&](const DraftTable& each) {
    return each.name == file->node["file"];
  });
  std::vector<size_t> unused;
  for (size_t i = 0; i < table->table.columns().size(); ++i) {
    if (!Names(file->node, table->table.columns()[i])) unused.push_back(i);
  }
  size_t most = 0;
  for (const CsvRow& row : table->table.rows()) {
    if (!row.problem.empty()) continue;
    const auto filled = std::count_if(unused.begin(), unused.end(),
                                      [&](size_t column) { return !row.fields[column].empty(); });
    most = std::max(most, static_cast<size_t>(filled));
  }
  if (most <= kMostAttributes) return;
  file->node.erase("rest");
  file->notes["fields"] =
      absl::StrCat("TO DO: rows have up to ", most, " more values, and a thing has at most ",
                   kMostAttributes, " attributes: name those that count, as attributes.NAME");
}

std::vector<DraftFile> DraftFiles::Parts() const {
  std::vector<DraftFile> files;
  for (const DraftParty& party : parties_.all()) files.push_back(Contact(party));
  for (const DraftTable& table : tables_) {
    if (table.role != DraftTable::Role::kThings || table.entity != Entity::kLead) continue;
    files.push_back(Sale(table, Entity::kLead));
    if (const std::string column = table.Named({"is converted"}); !column.empty()) {
      files.back().Where({{"column", column}, {"not_in", kYes}});
    }
  }
  for (const DraftTable& table : tables_) {
    if (table.role != DraftTable::Role::kThings || table.entity != Entity::kDeal) continue;
    for (DraftFile& file : Deals(table)) files.push_back(std::move(file));
  }
  for (std::vector<DraftFile> more : {Accounts(), Activities(), Assessments()}) {
    for (DraftFile& file : more) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace crm::crmctl

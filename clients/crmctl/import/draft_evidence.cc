// The parts of a drafted mapping that are said of leads and customers: accounts, activities,
// assessments.

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>

#include "clients/crmctl/import/draft_file.h"

namespace crm::crmctl {
namespace {

using enum Entity;

constexpr std::array kEvidenceWords = {
    DraftWord{kAccount, "status", "type", false},
    DraftWord{kAccount, "status", "account type", false},
    DraftWord{kAccount, "status", "customer type", false},
    DraftWord{kAccount, "status", "relationship type", false},
    DraftWord{kActivity, "key", "record id", false},
    DraftWord{kActivity, "key", "do not modify activity", false},
    DraftWord{kActivity, "key", "external id", false},
    DraftWord{kActivity, "key", "activity id", false},
    DraftWord{kActivity, "key", "id", false},
    DraftWord{kActivity, "type", "activity type", false},
    DraftWord{kActivity, "type", "task subtype", false},
    DraftWord{kActivity, "type", "type", false},
    DraftWord{kActivity, "direction", "call direction", false},
    DraftWord{kActivity, "direction", "direction", false},
    DraftWord{kActivity, "direction", "call type", false},
    DraftWord{kActivity, "occurred", "completed date time", false},
    DraftWord{kActivity, "occurred", "marked as done time", false},
    DraftWord{kActivity, "occurred", "actual end", false},
    DraftWord{kActivity, "occurred", "activity date", false},
    DraftWord{kActivity, "occurred", "start date time", false},
    DraftWord{kActivity, "occurred", "call start time", false},
    DraftWord{kActivity, "occurred", "closed time", false},
    DraftWord{kActivity, "occurred", "due date", false},
    DraftWord{kActivity, "occurred", "date", false},
    DraftWord{kActivity, "summary", "description", false},
    DraftWord{kActivity, "summary", "call notes", false},
    DraftWord{kActivity, "summary", "note body", false},
    DraftWord{kActivity, "summary", "body", false},
    DraftWord{kActivity, "summary", "note", false},
    DraftWord{kActivity, "summary", "contents", false},
    DraftWord{kActivity, "summary", "subject", true},
    DraftWord{kActivity, "summary", "activity title", true},
    DraftWord{kActivity, "done", "status", false},
    DraftWord{kActivity, "done", "activity status", false},
    DraftWord{kActivity, "done", "task status", false},
    DraftWord{kActivity, "done", "done", false},
    DraftWord{kActivity, "deal", "associated deal ids", false},
    DraftWord{kActivity, "deal", "associated deal", false},
    DraftWord{kActivity, "deal", "what id", false},
    DraftWord{kActivity, "deal", "deal id", false},
    DraftWord{kActivity, "deal", "opportunity id", false},
    DraftWord{kActivity, "deal", "related to id", false},
    DraftWord{kActivity, "deal", "related document external id", false},
    DraftWord{kActivity, "deal", "regarding", false},
    DraftWord{kActivity, "deal", "deal", false},
    DraftWord{kActivity, "lead", "associated lead ids", false},
    DraftWord{kActivity, "lead", "who id", false},
    DraftWord{kActivity, "lead", "lead id", false},
    DraftWord{kActivity, "lead", "related to id", false},
    DraftWord{kActivity, "lead", "regarding", false},
    DraftWord{kActivity, "lead", "lead", false},
    DraftWord{kAssessment, "NEED", "need", false},
    DraftWord{kAssessment, "ABILITY", "budget status", false},
    DraftWord{kAssessment, "ABILITY", "budget", false},
    DraftWord{kAssessment, "MARKET_PRESENCE", "market presence", false},
    DraftWord{kAssessment, "TIMEFRAME", "purchase timeframe", false},
    DraftWord{kAssessment, "TIMEFRAME", "timeframe", false},
    DraftWord{kAssessment, "TIMEFRAME", "timeline", false},
    DraftWord{kAssessment, "AUTHORITY", "decision maker", false},
    DraftWord{kAssessment, "AUTHORITY", "authority", false}};

constexpr DraftStage kTypes[] = {
    {"call", "CALL"},        {"phone", "CALL"},     {"meeting", "MEETING"},
    {"event", "MEETING"},    {"visit", "MEETING"},  {"lunch", "MEETING"},
    {"appoint", "MEETING"},  {"demo", "MEETING"},   {"mail", "EMAIL"},
    {"message", "MESSAGE"},  {"chat", "MESSAGE"},   {"sms", "MESSAGE"},
    {"whatsapp", "MESSAGE"}, {"letter", "MESSAGE"}, {"", "NOTE"}};
constexpr DraftStage kDirections[] = {
    {"inbound", "INBOUND"}, {"incoming", "INBOUND"}, {"received", "INBOUND"}, {"", "OUTBOUND"}};
constexpr DraftStage kFindings[] = {
    {"unknown", "UNKNOWN"}, {"not known", "UNKNOWN"},    {"no ", "NOT_MET"},
    {"not ", "NOT_MET"},    {"none", "NOT_MET"},         {"false", "NOT_MET"},
    {"may", "PARTLY_MET"},  {"good to", "PARTLY_MET"},   {"part", "PARTLY_MET"},
    {"some", "PARTLY_MET"}, {"this year", "PARTLY_MET"}, {"", "MET"}};
constexpr absl::string_view kDone[] = {"completed", "done", "closed", "held", "true", "yes", "1"};

DraftJson Values(const DraftTable& table, const std::string& column,
                 absl::Span<const DraftStage> places) {
  DraftJson values = DraftJson::object();
  for (const std::string& word : table.Distinct(column)) {
    const std::string form = FormOf(word);
    // Alone, "no" is one as well.
    values[word] = form == "no" || form == "0" ? PlaceOf(places, "no way") : PlaceOf(places, word);
  }
  return values;
}

}  // namespace

absl::Span<const DraftWord> EvidenceDraftWords() { return kEvidenceWords; }

// Customers, where the companies say which of them are.
std::vector<DraftFile> DraftFiles::Accounts() const {
  std::vector<DraftFile> files;
  for (const DraftParty& party : parties_.all()) {
    const DraftTable& table = *party.table;
    const std::string column = table.Find(kAccount, "status");
    if (party.entity != kOrganization || party.repeats || column.empty()) continue;
    std::vector<std::string> customers;
    for (const std::string& word : table.Distinct(column)) {
      const std::string form = FormOf(word);
      if (absl::StartsWith(form, "customer") || absl::StartsWith(form, "client")) {
        customers.push_back(word);
      }
    }
    if (customers.empty()) continue;
    DraftFile file = Head(table, kAccount, party.key);
    file.Where({{"column", column}, {"in", customers}});
    file.node.erase("rest");
    file.Put("organization", TextSource({party.key}));
    PutOwner(table, kOrganization, &file);
    files.push_back(std::move(file));
  }
  return files;
}

bool DraftFiles::PutThing(const DraftTable& table, Entity to, const char* field,
                          DraftFile* file) const {
  absl::flat_hash_set<std::string> keys;
  for (const DraftTable& other : tables_) {
    if (other.role != DraftTable::Role::kThings || other.entity != to) continue;
    for (std::string& key : other.Cells(other.Find(to, "key"))) keys.insert(std::move(key));
  }
  const auto count = [&](const std::string& column) {
    DraftReference reference;
    reference.column = column;
    for (const std::string& cell : table.Cells(column)) {
      const std::string first = cell.substr(0, cell.find(';'));
      reference.Take(cell, first, keys.contains(first));
    }
    return reference;
  };
  DraftReference best;
  for (const std::string& column : table.Candidates(kActivity, field)) {
    DraftReference each = count(column);
    if (each.found > best.found) best = std::move(each);
  }
  for (const std::string& column : table.table.columns()) {
    if (best.found > 0 || table.table.Count(column) > 1) continue;
    DraftReference each = count(column);
    if (!each.IsPlain()) continue;
    best = std::move(each);
    best.by_values = true;
  }
  best.missing = 0;  // what it names besides may be of another kind
  PutReference(best, field, file);
  return best.found > 0;
}

DraftFile DraftFiles::Activity(const DraftTable& table) const {
  DraftFile file = Head(table, kActivity, table.Find(kActivity, "key"));
  file.node.erase("rest");
  if (const std::string column = table.Find(kActivity, "done"); !column.empty()) {
    std::vector<std::string> done;
    for (const std::string& word : table.Distinct(column)) {
      const std::string form = FormOf(word);
      if (std::find(std::begin(kDone), std::end(kDone), form) != std::end(kDone)) {
        done.push_back(word);
      }
    }
    if (!done.empty()) {
      file.Where({{"column", column}, {"in", done}});
      file.notes["rows"] = "GUESS: what is still to be done has not taken place";
    }
  }
  const bool deal = PutThing(table, kDeal, "deal", &file);
  if (!PutThing(table, kLead, "lead", &file) && !deal) {
    file.Put(Holds(kDeal) ? "deal" : "lead",
             {{{"constant", "?"}}, "TO DO: nothing says whose it is"});
  }
  const std::string kind = PlaceOf(kTypes, table.name);
  if (const std::string type = table.Find(kActivity, "type"); !type.empty()) {
    file.Put("type",
             {{{"column", type}, {"values", Values(table, type, kTypes)}, {"default", kind}},
              "GUESS: what was a call, a meeting, an e-mail, a message or a note"});
  } else {
    file.Put("type", {{{"constant", kind}}, "GUESS: by the name of the file"});
  }
  if (const std::string direction = table.Find(kActivity, "direction"); !direction.empty()) {
    file.Put("direction", {{{"column", direction},
                            {"values", Values(table, direction, kDirections)},
                            {"default", "OUTBOUND"}},
                           "GUESS: who began"});
  } else {
    file.Put("direction", {{{"constant", "OUTBOUND"}}, "GUESS: who began, which nothing says"});
  }
  if (const std::string when = table.Find(kActivity, "occurred"); !when.empty()) {
    file.Put("occurred", DateSource(table, when));
  } else {
    file.Put("occurred", {{{"constant", "?"}}, "TO DO: nothing says when it took place"});
  }
  if (const auto columns = table.Chain(kActivity, "summary"); !columns.empty()) {
    const DraftJson from = columns.size() == 1 ? DraftJson(columns[0]) : DraftJson(columns);
    file.Put("summary", {{{"column", from}, {"too_long", "cut"}}, ""});
  }
  return file;
}

bool DraftFiles::Holds(Entity entity) const {
  return std::any_of(tables_.begin(), tables_.end(), [entity](const DraftTable& each) {
    return each.role == DraftTable::Role::kThings && each.entity == entity;
  });
}

std::vector<DraftFile> DraftFiles::Activities() const {
  std::vector<DraftFile> files;
  if (!Holds(kLead) && !Holds(kDeal)) return files;  // they are of nothing
  for (const DraftTable& table : tables_) {
    if (table.role == DraftTable::Role::kThings && table.entity == kActivity) {
      files.push_back(Activity(table));
    }
  }
  return files;
}

DraftFile DraftFiles::Assessment(const DraftTable& leads, const std::string& criterion,
                                 const std::string& column) const {
  const std::string key = leads.Find(kLead, "key");
  DraftFile file = Head(leads, kAssessment, key);
  file.node.erase("rest");
  file.node["key"] = {{"template", absl::StrCat("{", key, "}-", criterion)}};
  file.Where({{"column", column}, {"matches", "?*"}});
  if (const std::string stage = leads.Find(kLead, "stage"); !stage.empty()) {
    std::vector<std::string> over;
    for (const std::string& word : leads.Distinct(stage)) {
      if (StagePlace(kLead, word) == "DISQUALIFIED") over.push_back(word);
    }
    if (!over.empty()) file.Where({{"column", stage}, {"not_in", over}});
  }
  file.notes["rows"] = "GUESS: leads that were given up are not assessed any more";
  file.Put("lead", TextSource({key}));
  file.Put("criterion", {{{"constant", criterion}}, ""});
  file.Put("finding", {{{"column", column}, {"values", Values(leads, column, kFindings)}},
                       "GUESS: what speaks for it"});
  file.Put("observation", TextSource({column}));
  if (const std::string when = leads.Find(kLead, "opened"); !when.empty()) {
    file.Put("observed", DateSource(leads, when));
  }
  return file;
}

// What a lead's own columns say of the criteria.
std::vector<DraftFile> DraftFiles::Assessments() const {
  std::vector<DraftFile> files;
  for (const DraftTable& table : tables_) {
    if (table.role != DraftTable::Role::kThings || table.entity != kLead) continue;
    for (const char* criterion : {"NEED", "ABILITY", "MARKET_PRESENCE", "TIMEFRAME", "AUTHORITY"}) {
      const std::string column = table.Find(kAssessment, criterion);
      const int64_t filled = column.empty() ? 0 : table.Profile(column).filled;
      if (filled > 0) files.push_back(Assessment(table, criterion, column));
    }
  }
  return files;
}

}  // namespace crm::crmctl

// The parts of a drafted mapping that are deals, leads and opportunities.

#include "clients/crmctl/import/draft_file.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

namespace crm::crmctl {
namespace {

constexpr DraftStage kSources[] = {{"referral", "REFERRAL"}, {"recommend", "REFERRAL"},
                                   {"recomend", "REFERRAL"}, {"word of", "REFERRAL"},
                                   {"partner", "PARTNER"},   {"reseller", "PARTNER"},
                                   {"show", "EVENT"},        {"event", "EVENT"},
                                   {"fair", "EVENT"},        {"feria", "EVENT"},
                                   {"conference", "EVENT"},  {"seminar", "EVENT"},
                                   {"webinar", "EVENT"},     {"advert", "ADVERT"},
                                   {"ads", "ADVERT"},        {"campaign", "ADVERT"},
                                   {"paid", "ADVERT"},       {"cold", "OUTBOUND"},
                                   {"outbound", "OUTBOUND"}, {"prospect", "OUTBOUND"},
                                   {"web", "WEB"},           {"online", "WEB"},
                                   {"organic", "WEB"},       {"chat", "WEB"},
                                   {"import", "IMPORT"},     {"", "OTHER"}};

}  // namespace

void DraftFiles::PutCustomer(const DraftTable& table, DraftFile* file) const {
  const DraftReference organization =
      parties_.Reference(table, Entity::kDeal, "organization", Entity::kOrganization);
  const DraftReference either = parties_.Count(table, organization.column, Entity::kPerson);
  if (organization.found > 0 && either.found > 0) {
    DraftReference both = organization;
    both.missing -= either.found;
    return PutReference(both, "customer", file);
  }
  PutReference(organization, "organization", file);
  PutReference(parties_.Reference(table, Entity::kDeal, "contact", Entity::kPerson), "contact",
               file);
}

void DraftFiles::PutHistory(const DraftTable& table, Entity entity, DraftFile* file) const {
  const DraftTable* const history = Of(DraftTable::Role::kHistory);
  if (history == nullptr || entity == Entity::kLead) return;
  const std::string key = table.Find(entity, "key");
  const std::string stage = history->Named({"stage name", "stage", "to stage"});
  const std::string time = history->Named({"created date", "changed at", "date"});
  file->node["stage_history"] = {
      {"file", history->name},
      {"on", {{"own", key}, {"other", history->Named({"opportunity id", "deal id"})}}},
      {"stage", stage},
      {"time", DateSource(*history, time).source}};
  DraftJson& stages = file->node["stages"];
  for (const std::string& word : history->Distinct(stage)) {
    if (!stages.contains(word)) stages[word] = StagePlace(entity, word);
  }
}

void DraftFiles::PutStage(const DraftTable& table, Entity entity, DraftFile* file) const {
  const std::string stage = table.Find(entity, "stage");
  const std::string status = entity == Entity::kLead ? "" : table.Find(entity, "status");
  DraftJson stages = DraftJson::object();
  const bool both = !stage.empty() && !status.empty();
  if (!both) {
    const std::string& column = stage.empty() ? status : stage;
    if (column.empty()) {
      file->node["stages"] = {{"*", entity == Entity::kLead ? "WORKING" : "OPEN"}};
      file->notes["fields.stage"] = "TO DO: nothing says where it is";
      file->node["fields"]["stage"] = {{"constant", "?"}};
      return;
    }
    for (const std::string& word : table.Distinct(column)) stages[word] = StagePlace(entity, word);
    file->Put("stage", TextSource({column}));
  } else {
    // The status says whether it is over, the stage where it is until then.
    const std::vector<std::string> stages_in = table.Cells(stage);
    const std::vector<std::string> statuses = table.Cells(status);
    for (const std::string& word : table.Distinct(status)) {
      const DraftJson place =
          FormOf(word) == "false" ? DraftJson("LOST") : StagePlace(entity, word);
      if (place == "WON" || place == "LOST") {
        stages[absl::StrCat(word, " / *")] = place;
        continue;
      }
      for (size_t i = 0; i < statuses.size(); ++i) {
        const std::string name = absl::StrCat(word, " / ", stages_in[i]);
        if (statuses[i] == word) stages[name] = StagePlace(entity, stages_in[i]);
      }
    }
    file->Put("stage", {{{"template", absl::StrCat("{", status, "} / {", stage, "}")}}, ""});
  }
  file->notes["stages"] = "GUESS: where each of them is";
  if (stages.empty()) {
    stages["*"] = entity == Entity::kLead ? "WORKING" : "OPEN";
    file->notes["stages"] = "TO DO: no row says which there are";
  }
  file->node["stages"] = std::move(stages);
}

void DraftFiles::PutDates(const DraftTable& table, Entity entity, DraftFile* file) const {
  const auto put = [&](const std::string& field, const std::string& column) {
    if (!column.empty()) file->Put(field, DateSource(table, column));
    return !column.empty();
  };
  const bool opened = put("opened", table.Find(entity, "opened"));
  if (entity == Entity::kLead) return;
  const std::string expected = table.Find(entity, "expected_close");
  std::string close;
  if (put("closed", table.Find(entity, "closed"))) {
    put("expected_close", expected);
  } else {
    close = table.Find(entity, "close_date");
    if (close.empty()) close = expected;
    put("close_date", close);
  }
  if (!opened && put("opened", close)) {
    file->notes["fields.opened"] = "TO DO: nothing says when it was opened";
  }
}

// The word that the sales report by, and what stands there beside it.
void DraftFiles::PutSource(const DraftTable& table, Entity entity, const std::string& prefix,
                           DraftFile* file) const {
  const std::string column = table.Find(entity, "source_detail");
  if (column.empty() || table.Profile(column).filled == 0) return;
  DraftJson values = DraftJson::object();
  for (const std::string& word : table.Distinct(column)) values[word] = PlaceOf(kSources, word);
  file->Put("source", {{{"column", absl::StrCat(prefix, column)}, {"values", std::move(values)}},
                       "GUESS: where they come from"});
  file->Put("source_detail", TextSource({absl::StrCat(prefix, column)}));
}

DraftFile DraftFiles::Sale(const DraftTable& table, Entity entity) const {
  const std::string key = table.Find(entity, "key");
  DraftFile file = Head(table, entity, key);
  PutStage(table, entity, &file);
  PutHistory(table, entity, &file);
  if (entity != Entity::kLead) file.PutTexts(table, entity, {"title"});
  PutOwner(table, entity, &file);
  PutDates(table, entity, &file);
  if (entity == Entity::kLead) {
    const std::string given = table.Find(Entity::kPerson, "given_name");
    const std::string family = table.Find(Entity::kPerson, "family_name");
    if (!given.empty() && !family.empty()) {
      file.Put("contact_name", {{{"template", absl::StrCat("{", given, "} {", family, "}")}}, ""});
    } else {
      file.PutTexts(table, entity, {"contact_name"});
    }
    file.PutReach(table, entity, {"contact_email", "contact_phone"});
    PutSource(table, entity, "", &file);
    return file;
  }
  if (const auto columns = table.Chain(entity, "amount"); !columns.empty()) {
    file.Put("amount", MoneySource(table, columns, table.Find(entity, "currency")));
  }
  if (const std::string column = table.Find(entity, "probability"); !column.empty()) {
    file.Put("probability", PercentSource(table, column));
  }
  PutCustomer(table, &file);
  file.PutTexts(table, entity, {"loss_note"});
  if (entity == Entity::kDeal) {
    if (!file.node["fields"].contains("contact")) {
      file.PutTexts(table, entity, {"contact_name"});
      file.PutReach(table, entity, {"contact_email"});
    }
  }
  PutSource(table, entity, "", &file);
  return file;
}

std::vector<DraftFile> DraftFiles::Deals(const DraftTable& table) const {
  // Leads that say which deal they have become bring what is known of them along; deals of no lead
  // are opportunities.
  for (const DraftTable& leads : tables_) {
    if (leads.entity != Entity::kLead) continue;
    const std::string deal = leads.Named({"converted opportunity id", "converted deal id"});
    if (deal.empty() || leads.Profile(deal).filled == 0) continue;
    const std::string key = table.Find(Entity::kDeal, "key");
    const std::string lead = absl::StrCat("lead.", leads.Find(Entity::kLead, "key"));
    std::vector<DraftFile> files;
    for (const Entity entity : {Entity::kDeal, Entity::kOpportunity}) {
      DraftFile file = Sale(table, entity);
      DraftJson& from = file.node["from"];
      if (!from.is_array()) from = DraftJson::array();
      from.push_back(
          {{"file", leads.name}, {"on", {{"own", key}, {"other", deal}}}, {"prefix", "lead."}});
      const bool of_lead = entity == Entity::kDeal;
      file.Where(of_lead ? DraftJson{{"column", lead}, {"matches", "?*"}}
                         : DraftJson{{"column", lead}, {"in", std::vector<std::string>{""}}});
      if (of_lead) PutSource(leads, Entity::kLead, "lead.", &file);
      if (!of_lead) file.node.erase("rest");
      files.push_back(std::move(file));
    }
    return files;
  }
  return {Sale(table, Entity::kDeal)};
}

}  // namespace crm::crmctl

#include "services/opportunity/store/opportunity_table.h"

#include <tuple>
#include <utility>

#include "common/aggregate/attributes_json.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/store/migrations/migrations.h"
#include "services/opportunity/store/opportunity_json.h"
#include "services/opportunity/store/opportunity_published.h"
#include "services/opportunity/store/opportunity_stages.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {
namespace {

std::optional<absl::string_view> Loss(const Opportunity& it) {
  if (!it.loss_reason) return std::nullopt;
  return base::NameOf(kLossReasonNames, *it.loss_reason);
}

std::optional<absl::string_view> Source(const Opportunity& it) {
  if (it.lead_source == LeadSource::kUnspecified) return std::nullopt;
  return base::NameOf(kLeadSourceNames, it.lead_source);
}

std::optional<absl::string_view> ExternalId(const Opportunity& it) {
  if (it.external_id.empty()) return std::nullopt;
  return absl::string_view(it.external_id);
}

// The document that `to_json` makes of `after`, if what `parts` names of it has changed.
template <class Parts, class ToJson>
std::optional<std::string> IfChanged(const Opportunity& before, const Opportunity& after,
                                     const Parts& parts, const ToJson& to_json) {
  if (parts(before) == parts(after)) return std::nullopt;
  return to_json(after);
}

std::optional<std::string> NewDetails(const Opportunity& before, const Opportunity& after) {
  const auto parts = [](const Opportunity& it) {
    return std::tie(it.needs, it.present_supplier, it.payment_terms, it.contract, it.contact_roles,
                    it.interests);
  };
  return IfChanged(before, after, parts, DetailsToJson);
}

std::optional<std::string> NewWork(const Opportunity& before, const Opportunity& after) {
  const auto parts = [](const Opportunity& it) {
    return std::tie(it.line_items, it.competitors, it.team);
  };
  return IfChanged(before, after, parts, WorkToJson);
}

std::optional<std::string> NewAttributes(const Opportunity& before, const Opportunity& after) {
  return IfChanged(
      before, after, [](const Opportunity& it) { return std::tie(it.attributes); },
      [](const Opportunity& it) { return aggregate::AttributesToJson(it.attributes); });
}

// Whether anything of kUpdateStage changed that kUpdateDetails leaves alone.
bool Moved(const Opportunity& before, const Opportunity& after) {
  const auto place = [](const Opportunity& it) {
    return std::tie(it.stage_version, it.pipeline, it.stage, it.stage_type, it.loss_reason,
                    it.loss_note, it.close_time, it.stage_enter_time);
  };
  return place(before) != place(after);
}

// Whether anything of kUpdateDetails changed that kUpdateStage leaves alone.
bool Edited(const Opportunity& before, const Opportunity& after) {
  const auto details = [](const Opportunity& it) {
    return std::tie(it.display_name, it.owner, it.external_id, it.expected_close_date, it.next_step,
                    it.delete_time, it.open_time, it.needs, it.present_supplier, it.payment_terms,
                    it.contract, it.contact_roles, it.interests, it.line_items, it.competitors,
                    it.team, it.attributes, it.lead, it.lead_source);
  };
  return details(before) != details(after);
}

void AddMove(pg::Columns& rows, const Opportunity& it) {
  rows.Add(it.tenant, it.id, it.revision, it.update_time, pg::CurrencyOf(it.amount),
           pg::MinorOf(it.amount), it.stage, base::NameOf(kStageTypeNames, it.stage_type),
           it.stage_version, it.probability, it.probability_manual,
           base::NameOf(kForecastCategoryNames, it.category), it.category_manual, Loss(it),
           it.loss_note, it.close_time, it.stage_enter_time, it.pipeline);
}

void AddEdit(pg::Columns& rows, const Opportunity& before, const Opportunity& it) {
  rows.Add(it.tenant, it.id, it.revision, it.update_time, it.display_name, it.owner, ExternalId(it),
           pg::CurrencyOf(it.amount), pg::MinorOf(it.amount), it.expected_close_date,
           it.probability, it.probability_manual, base::NameOf(kForecastCategoryNames, it.category),
           it.category_manual, it.next_step.text, it.next_step.due_date, it.delete_time,
           it.open_time, NewDetails(before, it), NewWork(before, it), NewAttributes(before, it),
           it.lead, Source(it));
}

std::optional<int> PercentOf(absl::string_view text) {
  const std::optional<int64_t> percent = pg::IntOf(text);
  if (!percent || *percent < 0 || *percent > 100) return std::nullopt;
  return static_cast<int>(*percent);
}

void ReadStage(pg::RowReader& read, Opportunity& it) {
  it.pipeline = read.Text(13);
  it.stage = read.Text(14);
  it.stage_type = read.Enum(15, kStageTypeNames);
  it.stage_version = read.Int(16);
  it.probability = read.Parsed(17, PercentOf);
  it.probability_manual = read.Bool(18);
  it.category = read.Enum(19, kForecastCategoryNames);
  it.category_manual = read.Bool(20);
  it.loss_reason = read.OptionalEnum(21, kLossReasonNames);
  it.loss_note = read.Text(22);
  it.open_time = read.Time(23);
  it.close_time = read.OptionalTime(24);
  it.stage_enter_time = read.Time(25);
}

void ReadWork(pg::RowReader& read, Opportunity& it) {
  read.Parsed(27, [&it](absl::string_view json) -> std::optional<bool> {
    return WorkFromJson(json, it) ? std::optional(true) : std::nullopt;
  });
  it.next_step.text = read.Text(28);
  it.next_step.due_date = read.OptionalDay(29);
  it.attributes = read.Parsed(30, aggregate::AttributesFromJson);
  it.delete_time = read.OptionalTime(31);
  it.cloned_from = read.OptionalUuid(32);
  it.lead_source = read.OptionalEnum(33, kLeadSourceNames).value_or(LeadSource::kUnspecified);
}

}  // namespace

pg::MigrationSet Migrations() {
  // Reports read the table of 0013.
  constexpr int kMinimum = 13;
  const auto migrations = embedded::Migrations();
  return {"opportunity", {migrations.begin(), migrations.end()}, kMinimum};
}

const pg::Statement& OpportunityTable::SelectForUpdate() const {
  return statements::kSelectForUpdate;
}

const pg::Statement& OpportunityTable::Select() const { return statements::kSelect; }

absl::StatusOr<Opportunity> OpportunityTable::Read(const pg::Row& row) const {
  pg::RowReader read(row);
  Opportunity it;
  aggregate::ReadHead(read, it);
  it.display_name = read.Text(5);
  it.contact = read.Uuid(6);
  it.lead = read.OptionalUuid(7);
  it.owner = read.Text(8);
  it.external_id = read.TextOrEmpty(9);
  it.amount = read.OptionalMoney(10, 11);
  it.expected_close_date = read.OptionalDay(12);
  ReadStage(read, it);
  read.Parsed(26, [&it](absl::string_view json) -> std::optional<bool> {
    return DetailsFromJson(json, it) ? std::optional(true) : std::nullopt;
  });
  ReadWork(read, it);
  it.rules.revision = read.OptionalInt(34).value_or(0);
  if (!read.ok()) return read.Damage(OpportunityName(it.id));
  return it;
}

absl::Status OpportunityTable::Insert(pg::Transaction& transaction,
                                      aggregate::Writes<Opportunity> aggregates) const {
  pg::Columns rows;
  for (const auto& [before, one] : aggregates) {
    const Opportunity& it = *one;
    rows.Add(it.tenant, it.id, it.revision, it.create_time, it.update_time, it.display_name,
             it.contact, it.lead, it.owner, ExternalId(it), pg::CurrencyOf(it.amount),
             pg::MinorOf(it.amount), it.expected_close_date, it.pipeline, it.stage,
             base::NameOf(kStageTypeNames, it.stage_type), it.stage_version, it.probability,
             it.probability_manual, base::NameOf(kForecastCategoryNames, it.category),
             it.category_manual, Loss(it), it.loss_note, it.open_time, it.close_time,
             it.stage_enter_time, DetailsToJson(it), WorkToJson(it), it.next_step.text,
             it.next_step.due_date, aggregate::AttributesToJson(it.attributes), it.delete_time,
             it.cloned_from, Source(it));
  }
  return transaction.Defer(statements::kInsert, rows);
}

absl::Status OpportunityTable::Update(pg::Transaction& transaction,
                                      aggregate::Writes<Opportunity> aggregates) const {
  pg::Columns moves;
  pg::Columns edits;
  for (const auto& [before, after] : aggregates) {
    // Each statement leaves a version of the row behind: one for nearly every change.
    const bool moved = Moved(*before, *after);
    if (moved) AddMove(moves, *after);
    if (!moved || Edited(*before, *after)) AddEdit(edits, *before, *after);
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(statements::kUpdateStage, moves));
  return transaction.Defer(statements::kUpdateDetails, edits);
}

void OpportunityTable::AppendStages(const Opportunity& aggregate,
                                    std::vector<stage::StageRecord>& out) const {
  for (const StageChange& change : aggregate.stage_changes) {
    out.push_back(StageRecordOf(aggregate, change));
  }
}

std::optional<stage::RecordChange> OpportunityTable::Published(
    const Opportunity& before, const Opportunity& after,
    const aggregate::Revision& revision) const {
  if (ids_ == nullptr) return std::nullopt;
  std::optional<stage::RecordChange> change = PublishedChange(before, after, revision);
  if (change.has_value() && !change->move) change->event_id = ids_->New();
  return change;
}

std::string OpportunityTable::Name(const aggregate::Key& key) const {
  return OpportunityName(key.id);
}

}  // namespace crm::opportunity

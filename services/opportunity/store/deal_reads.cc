#include "services/opportunity/store/deal_reads.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "common/aggregate/fields.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/store/deal_fields.h"
#include "services/opportunity/store/report_statements.h"

namespace crm::opportunity {
namespace {

using ById = absl::flat_hash_map<base::Uuid, Deal*>;

bool WrittenSince(const Deal& deal, absl::Time since) {
  return deal.versions.back().record_time > since;
}

absl::Status TakeBack(const pg::Row& row, Deal& deal) {
  pg::RowReader read(row);
  const int64_t revision = read.Int(1);
  const std::optional<absl::Time> previous = read.OptionalTime(2);
  if (!read.ok()) return read.Damage(OpportunityName(deal.id));
  if (!previous) return absl::OkStatus();  // it was made then
  DealVersion before = deal.versions.back();
  before.revision = revision - 1;
  before.record_time = *previous;
  if (!aggregate::ReadChanges<DealFacts>(row.View(3), DealFieldTable(), &before.facts, nullptr)) {
    return error::DataDamaged(OpportunityName(deal.id));
  }
  deal.versions.push_back(std::move(before));
  return absl::OkStatus();
}

// Takes writes after `since` back from the present version, one by one.
absl::Status ReadBack(const Reading& of, const std::vector<Deal*>& deals, absl::Time since,
                      const pg::Statement& writes = statements::kReportRevisions) {
  if (deals.empty()) return absl::OkStatus();
  ById by_id;
  pg::Array ids;
  for (Deal* deal : deals) {
    by_id.emplace(deal->id, deal);
    ids.Add(deal->id);
  }
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       of.snapshot.Query(writes, pg::MakeParams(of.tenant, ids, since)));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const auto found = by_id.find(read.Uuid(0));
    if (found != by_id.end()) CRM_RETURN_IF_ERROR(TakeBack(row, *found->second));
  }
  for (Deal* deal : deals) std::reverse(deal->versions.begin(), deal->versions.end());
  return absl::OkStatus();
}

// The last change that was recorded by the viewpoint; nullptr if the changes do not tell alone what
// was in effect then: a correction, a move that was entered later than it happened, or one of
// before owners and expected close dates were kept, which looks as where there was no date.
const DealChange* LastTold(const Reading& of, const Deal& deal) {
  const DealChange* last = nullptr;
  for (const DealChange& change : deal.changes) {
    if (change.correction != nullptr) return nullptr;
    if (change.record_time <= of.Viewed()) {
      last = &change;
    } else if (of.needs.view.clock == ReportClock::kEffective &&
               change.effective_time <= of.needs.view.at) {
      return nullptr;
    }
  }
  return last != nullptr && !last->owner.empty() && last->close_date ? last : nullptr;
}

// What `deal` was right after `last`, but for what no change tells.
DealFacts FactsAfter(const Deal& deal, const DealChange& last) {
  DealFacts facts;
  facts.owner = std::string(last.owner);
  facts.pipeline = std::string(last.pipeline);
  facts.stage = std::string(last.stage);
  facts.stage_type = last.type;
  facts.stage_version = last.version;
  facts.amount = last.amount;
  facts.probability = last.probability;
  facts.category = last.category;
  facts.loss_reason = last.loss_reason;
  facts.expected_close_date = last.close_date;
  facts.open_time = deal.changes.front().effective_time;
  const DealChange* entered = &deal.changes.front();
  for (const DealChange& change : deal.changes) {
    if (change.version > last.version) break;
    if (change.stage != entered->stage || change.pipeline != entered->pipeline) entered = &change;
  }
  facts.stage_enter_time = entered->effective_time;
  if (last.type != StageType::kOpen) facts.close_time = facts.stage_enter_time;
  return facts;
}

// Deals to be told forward, by their ids, and the last change of each.
using Forward = absl::flat_hash_map<base::Uuid, std::pair<Deal*, const DealChange*>>;

// Carries out the writes from the last change until the viewpoint. Of several at the same time as
// the change all are, in their order: those before it come to what it left.
absl::Status CarryOn(const Reading& of, const Forward& forward) {
  if (forward.empty()) return absl::OkStatus();
  pg::Array ids, times;
  for (const auto& [id, it] : forward) {
    ids.Add(id);
    times.Add(it.second->record_time);
  }
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       of.snapshot.Query(statements::kReportRevisionsBetween,
                                         pg::MakeParams(of.tenant, ids, times, of.Viewed())));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const auto found = forward.find(read.Uuid(0));
    if (found == forward.end()) continue;
    DealVersion& version = found->second.first->versions.back();
    version.revision = read.Int(1);
    version.record_time = read.Time(2);
    if (!read.ok() || !aggregate::ReadChanges<DealFacts>(row.View(3), DealFieldTable(), nullptr,
                                                         &version.facts)) {
      return error::DataDamaged(OpportunityName(found->first));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<Portion>> Portions::Next() {
  Portion portion;
  if (listed_) {
    const auto ids = absl::MakeConstSpan(*listed_).subspan(next_, kPiece);
    if (ids.empty()) return std::nullopt;
    next_ += ids.size();
    for (const base::Uuid& id : ids) portion.listed.Add(id);
    return portion;
  }
  if (ended_) return std::nullopt;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       of_.snapshot.Query(statements::kReportNextId,
                                          pg::MakeParams(of_.tenant, behind_, kPiece - 1)));
  portion.behind = behind_;
  portion.up_to = base::Uuid(~0ULL, ~0ULL);
  ended_ = rows.empty();
  if (ended_) return portion;
  pg::RowReader read(rows[0]);
  portion.up_to = behind_ = read.Uuid(0);
  if (!read.ok()) return read.Damage("opportunities");
  return portion;
}

absl::Time VersionsSince(const Reading& of) {
  return of.needs.versions_since ? std::min(of.Viewed(), *of.needs.versions_since) : of.Viewed();
}

absl::Status ReadVersions(const Reading& of, absl::Span<Deal> deals) {
  // Present versions that are older than this are all there is to know.
  const absl::Time since = VersionsSince(of);
  Forward forward;
  std::vector<Deal*> back, dates;
  for (Deal& deal : deals) {
    if (!WrittenSince(deal, since)) continue;
    const bool all_versions = of.needs.versions_since || of.needs.facts == DealNeeds::Facts::kAll;
    const DealChange* const last = all_versions ? nullptr : LastTold(of, deal);
    if (last != nullptr) {
      deal.versions.back().record_time = last->record_time;
      deal.versions.back().facts = FactsAfter(deal, *last);
      forward.try_emplace(deal.id, &deal, last);
    } else {
      const bool alone = of.needs.dates_alone && !WrittenSince(deal, of.Viewed());
      (alone ? dates : back).push_back(&deal);
    }
  }
  CRM_RETURN_IF_ERROR(CarryOn(of, forward));
  CRM_RETURN_IF_ERROR(ReadBack(of, dates, since, statements::kReportDateRevisions));
  return ReadBack(of, back, since);
}

}  // namespace crm::opportunity

// The activities and assessments of an import. They have ids by which the lead knows them again, so
// that they are sent without being looked for.

#include <absl/strings/str_cat.h>

#include "clients/cpp/error_text.h"
#include "clients/crmctl/import/changes.h"
#include "clients/crmctl/import/deal_chain.h"
#include "clients/crmctl/import/import_run.h"
#include "common/error/error.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {

using rpc::FormatName;

namespace {

EvidenceRecord& EvidenceOf(ImportRow& row) { return std::get<EvidenceRecord>(row.record.thing); }

std::string LeadOf(ImportRow& row) { return FormatName("leads", EvidenceOf(row).lead_id); }

const auto& RecordsOf(const lead::v1::ListActivitiesResponse& page) { return page.activities(); }
const auto& RecordsOf(const lead::v1::ListAssessmentsResponse& page) { return page.assessments(); }

using Activities = std::map<std::string, lead::v1::Activity>;
using Assessments = std::map<std::string, lead::v1::Assessment>;

constexpr int kMostLeadTries = 10;  // because the lead had changed since it was read

// Evidence has no attributes: the attribute of its lead that says how new the export is that the
// lead's activities, or assessments, are known from.
const char* AsOfAttribute(Entity entity) {
  return entity == Entity::kActivity ? "activities_as_of" : "assessments_as_of";
}

// Whether the refusal may mean that it is there: a lead that was assessed may have gone on since.
bool MayBeRecorded(const absl::Status& status) {
  const std::string reason = error::ReasonOf(status);
  return reason == error::kDuplicateId || reason == error::kStateInvalid;
}

}  // namespace

void ImportRun::ReadLeadsOf(RowWindow* window) {
  const auto rows = std::make_shared<absl::flat_hash_map<std::string, std::vector<ImportRow*>>>();
  for (ImportRow& row : window->rows) (*rows)[LeadOf(row)].push_back(&row);
  std::vector<std::string> names;
  for (const auto& [name, of] : *rows) names.push_back(name);
  Read<lead::v1::BatchGetLeadsRequest>(window, names, [=, this](const auto& page) {
    for (const lead::v1::Lead& lead : page.leads()) {
      const auto found = rows->find(lead.name());
      if (found != rows->end()) TakeLead(window, found->second, lead);
    }
  });
}

void ImportRun::TakeLead(RowWindow* window, const std::vector<ImportRow*>& rows,
                         const lead::v1::Lead& lead) {
  const std::string as_of = mapping_.exported ? AsOfText(*mapping_.exported) : "";
  const auto known = lead.attributes().find(AsOfAttribute(entity()));
  const std::string before = known == lead.attributes().end() ? "" : known->second;
  for (ImportRow* row : rows) {
    row->state.lead = lead.state();
    row->state.deleted = lead.has_delete_time();
    if (lead.has_state_enter_time()) row->state.entered = rpc::TimeFrom(lead.state_enter_time());
    row->older = !as_of.empty() && as_of < before;
  }
  if (before < as_of && !lead.has_delete_time()) KeepAsOf(window, rows.front(), lead, 0);
}

// Before any of the lead's rows is sent, so that an older export is known as one also where this
// run is cut off. `row`: the first of them.
void ImportRun::KeepAsOf(RowWindow* window, ImportRow* row, const lead::v1::Lead& lead, int tries) {
  lead::v1::UpdateLeadRequest request;
  request.mutable_lead()->set_name(lead.name());
  request.mutable_lead()->set_etag(lead.etag());
  auto& attributes = *request.mutable_lead()->mutable_attributes();
  attributes = lead.attributes();
  attributes[AsOfAttribute(entity())] = AsOfText(*mapping_.exported);
  request.mutable_update_mask()->add_paths("attributes");
  request.set_request_id(ids_.RequestId(
      NameOf(entity()), lead.name(),
      absl::StrCat("as of ", attributes[AsOfAttribute(entity())], " ", lead.etag())));
  ++window->reads;
  calls_.StartUnread(request, [=, this](const absl::Status& status) {
    --window->reads;
    if (status.ok() || stopped_) return;
    if (error::ReasonOf(status) == error::kEtagMismatch && tries < kMostLeadTries) {
      return KeepAsOfAgain(window, row, tries + 1);
    }
    Warn(row, absl::StrCat("an older export will not be known as one, since the lead cannot keep ",
                           "how new this one is: ", client::OneLine(status)));
  });
}

// Rows of the same lead are at work, or people.
void ImportRun::KeepAsOfAgain(RowWindow* window, ImportRow* row, int tries) {
  lead::v1::GetLeadRequest request;
  request.set_name(LeadOf(*row));
  ++window->reads;
  calls_.Start(request, [=, this](auto answer) {
    --window->reads;
    if (stopped_) return;
    if (!answer.ok()) return failure_.Update(answer.status());
    const auto& attributes = answer->lead().attributes();
    const auto known = attributes.find(AsOfAttribute(entity()));
    const bool kept = known != attributes.end() && known->second >= AsOfText(*mapping_.exported);
    if (!kept) KeepAsOf(window, row, answer->lead(), tries);
  });
}

void ImportRun::StartEvidence(ImportRow* row) {
  if (row->state.deleted) return FinishAs(row, &FileOutcome::deleted);
  if (row->state.lead == lead::v1::LEAD_STATE_UNSPECIFIED) {
    return FinishFailed(row,
                        absl::FailedPreconditionError(absl::StrCat(
                            Shown(EvidenceOf(*row).reference), " could not be imported")),
                        "");
  }
  Record(row, 0, /*dated=*/true);
}

// `turn`: how often the row has said something else already. `dated`: the move that the first
// evidence makes takes effect when it was observed.
void ImportRun::Record(ImportRow* row, int turn, bool dated) {
  const EvidenceRecord& record = EvidenceOf(*row);
  const auto answer = [=, this](absl::Status status) { OnRecorded(row, turn, dated, status); };
  const std::string request_id =
      ids_.RequestId(NameOf(record.entity), record.key,
                     absl::StrCat("record ", turn, dated ? "" : " now", " in ", options_.run));
  if (record.entity == Entity::kActivity) {
    lead::v1::LogActivityRequest request;
    request.set_name(LeadOf(*row));
    *request.mutable_activity() = record.activity;
    request.set_activity_id(ids_.Activity(record.key).ToString());
    request.set_request_id(request_id);
    return calls_.StartUnread(request, answer);
  }
  lead::v1::AssessCriterionRequest request;
  request.set_name(LeadOf(*row));
  *request.mutable_assessment() = record.assessment;
  request.set_assessment_id(ids_.Assessment(record.key, turn).ToString());
  request.set_request_id(request_id);
  // Known at the latest when it was exported, however much later it is imported.
  lead::v1::Assessment& assessment = *request.mutable_assessment();
  if (!assessment.has_observe_time() && mapping_.exported) {
    rpc::SetTime(*mapping_.exported, assessment.mutable_observe_time());
  }
  if (dated && row->state.lead == lead::v1::LEAD_STATE_NEW && row->state.entered &&
      assessment.has_observe_time()) {
    const absl::Time observed = rpc::TimeFrom(assessment.observe_time());
    rpc::SetTime(std::max(observed, *row->state.entered), request.mutable_effective_time());
  }
  calls_.StartUnread(request, answer);
}

void ImportRun::OnRecorded(ImportRow* row, int turn, bool dated, const absl::Status& status) {
  if (status.ok()) return FinishAs(row, turn == 0 ? &FileOutcome::created : &FileOutcome::updated);
  if (stopped_) return Finish(row);
  // Another row of the lead has moved it meanwhile: this one moves nothing.
  if (dated && error::ReasonOf(status) == error::kEffectiveTimeInvalid) {
    return Record(row, turn, /*dated=*/false);
  }
  MayBeRecorded(status) ? FindRecord(row, status) : FinishFailed(row, status, "record");
}

// Reads all pages.
template <class Request, class Found>
void ImportRun::ReadRecords(ImportRow* row, Request request, std::shared_ptr<Found> found,
                            std::function<void()> then) {
  calls_.Start(request, [=, this](auto answer) mutable {
    if (stopped_) return Finish(row);
    if (!answer.ok()) return FinishFailed(row, answer.status(), "read");
    for (const auto& each : RecordsOf(*answer)) (*found)[each.id()] = each;
    if (answer->next_page_token().empty()) return then();
    request.set_page_token(answer->next_page_token());
    ReadRecords(row, std::move(request), std::move(found), std::move(then));
  });
}

void ImportRun::FindRecord(ImportRow* row, const absl::Status& refusal) {
  const EvidenceRecord& record = EvidenceOf(*row);
  const bool older = Updates() && row->older;
  if (absl::IsAlreadyExists(refusal) && (older || !Updates())) {
    return older ? FinishOlder(row) : FinishAs(row, &FileOutcome::unchanged);
  }
  if (record.entity == Entity::kActivity) {
    lead::v1::ListActivitiesRequest request;
    request.set_name(LeadOf(*row));
    request.set_page_size(1000);
    const auto all = std::make_shared<Activities>();
    return ReadRecords(row, request, all, [=, this] {
      const auto found = all->find(ids_.Activity(EvidenceOf(*row).key).ToString());
      if (found == all->end()) return FinishFailed(row, refusal, "record");
      if (older) return FinishOlder(row);
      Updates() ? UpdateActivity(row, found->second) : FinishAs(row, &FileOutcome::unchanged);
    });
  }
  lead::v1::ListAssessmentsRequest request;
  request.set_name(LeadOf(*row));
  request.set_page_size(1000);
  const auto all = std::make_shared<Assessments>();
  ReadRecords(row, request, all, [=, this] {
    const EvidenceRecord& told = EvidenceOf(*row);
    const lead::v1::Assessment* last = nullptr;
    int turn = 0;
    for (;; ++turn) {
      const auto found = all->find(ids_.Assessment(told.key, turn).ToString());
      if (found == all->end()) break;
      last = &found->second;
    }
    if (last == nullptr) return FinishFailed(row, refusal, "record");
    if (older) return FinishOlder(row);
    const bool changes = Updates() && Differs(file(), told, *last);
    changes ? Record(row, turn, /*dated=*/true) : FinishAs(row, &FileOutcome::unchanged);
  });
}

void ImportRun::UpdateActivity(ImportRow* row, const lead::v1::Activity& now) {
  const EvidenceRecord& record = EvidenceOf(*row);
  auto changes = ChangesOf(file(), record, now);
  if (!changes) return FinishAs(row, &FileOutcome::unchanged);
  changes->set_name(LeadOf(*row));
  changes->set_request_id(ids_.RequestId(
      NameOf(record.entity), record.key,
      absl::StrCat("update ", now.ShortDebugString(), " ", changes->ShortDebugString())));
  calls_.StartUnread(*changes, [this, row](absl::Status status) {
    if (status.ok()) return FinishAs(row, &FileOutcome::updated);
    if (stopped_) return Finish(row);
    const std::string reason = error::ReasonOf(status);
    if (reason != "ACTIVITY_SETTLED" && reason != "NOT_THE_AUTHOR") {
      return FinishFailed(row, status, "update");
    }
    Warn(row,
         "the file says something else than a day ago, when it was recorded for ever; left "
         "as it is");
    FinishAs(row, &FileOutcome::unchanged);
  });
}

}  // namespace crm::crmctl

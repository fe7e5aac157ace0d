#include "clients/crmctl/import/deal_chain.h"

#include <absl/strings/str_cat.h>

#include "clients/crmctl/import/changes.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {
namespace {

// Whether the refusal may mean that the step was made before.
bool MayBeThere(const absl::Status& status) {
  if (absl::IsAlreadyExists(status) || absl::IsAborted(status)) return true;
  const std::string reason = error::ReasonOf(status);
  return reason == error::kStateInvalid || reason == error::kRequestIdReused;
}

}  // namespace

DealChain::DealChain(ImportRun* run, const LoadedFile& file, size_t index, DealState* state)
    : run_(*run),
      file_(file),
      index_(index),
      deal_(file.deals[index]),
      state_(*state),
      was_there_(state->lead != lead::v1::LEAD_STATE_UNSPECIFIED || !state->opportunity.empty()) {}

absl::StatusOr<bool> DealChain::HasSomethingToDo() const {
  if (IsOutOfDate()) return false;
  const absl::StatusOr<Step> step = run_.plan_.Next(deal_, state_);
  if (!step.ok()) return step.status();
  if (*step != Step::kDone) return true;
  if (!run_.Updates()) return false;
  std::string warning;
  if (const auto it = run_.opportunities_.find(index_); it != run_.opportunities_.end()) {
    const bool changes = ChangesOf(*file_.mapping, deal_, it->second, &warning).has_value();
    if (!warning.empty()) run_.Warn(deal_.row, warning);
    return changes;
  }
  const auto it = run_.leads_.find(index_);
  return it != run_.leads_.end() && ChangesOf(*file_.mapping, deal_, it->second).has_value();
}

// What is known from a newer export is left alone, stages and all.
bool DealChain::IsOutOfDate() const {
  if (!run_.Updates()) return false;
  const auto opportunity = run_.opportunities_.find(index_);
  if (opportunity != run_.opportunities_.end()) {
    return IsOlder(deal_.attributes, opportunity->second.attributes());
  }
  const auto lead = run_.leads_.find(index_);
  return lead != run_.leads_.end() && IsOlder(deal_.attributes, lead->second.attributes());
}

void DealChain::Next() {
  if (run_.stopped_) return run_.Finish();
  const absl::StatusOr<Step> step = run_.plan_.Next(deal_, state_);
  if (!step.ok()) return Fail(step.status(), "");
  if (*step != Step::kDone) return Send(*step);
  if (!run_.Updates() || updated_) return End();
  updated_ = true;
  // What a call of this run has changed is read again; of what it has made from scratch, all is as
  // in the file, unless a conversion is between.
  const bool sold = !state_.opportunity.empty();
  if (acted_ && (was_there_ || sold)) return Refresh();
  acted_ ? End() : Update();
}

void DealChain::End() {
  if (!acted_) return run_.FinishAs(&FileOutcome::unchanged);
  const bool updates = run_.Updates() && was_there_;
  run_.FinishAs(updates ? &FileOutcome::updated : &FileOutcome::created);
}

void DealChain::Send(Step step) {
  const auto answer = [this, step](absl::Status status) { OnAnswer(step, std::move(status)); };
  const DealRequests& requests = run_.requests_;
  move_ = run_.plan_.NextMove(deal_, state_);
  when_ = WhenOf(deal_, state_, step, move_);
  if (when_.later) {
    run_.Warn(deal_.row, absl::StrCat(NameOf(step), ": what is there already is later than the ",
                                      "file says; its time is taken"));
  }
  client::AsyncCalls& calls = run_.calls_;
  switch (step) {
    case Step::kContact:
      return calls.StartUnread(requests.OwnContact(deal_), answer);
    case Step::kLead:
      return calls.StartUnread(requests.Lead(deal_), answer);
    case Step::kWork:
      return calls.StartUnread(requests.Work(deal_, when_), answer);
    case Step::kQualify:
      return calls.StartUnread(requests.Qualify(deal_, when_), answer);
    case Step::kDisqualify:
      return calls.StartUnread(requests.Disqualify(deal_, when_), answer);
    case Step::kConvert:
      return SendConvert(absl::ZeroDuration());
    case Step::kOpen:
      return calls.StartUnread(requests.Open(deal_), answer);
    case Step::kMove:
      return calls.StartUnread(requests.Move(deal_, *move_, state_.opportunity, when_), answer);
    case Step::kFill:
      return calls.StartUnread(requests.Fill(deal_, state_.opportunity), answer);
    case Step::kWin:
      return calls.StartUnread(requests.Win(deal_, state_.opportunity, when_), answer);
    case Step::kLose:
      return calls.StartUnread(requests.Lose(deal_, state_.opportunity, when_), answer);
    case Step::kDone:
      return;
  }
}

void DealChain::SendConvert(absl::Duration delay) {
  run_.calls_.Start(
      run_.requests_.Convert(deal_, when_),
      [this](absl::StatusOr<lead::v1::ConvertLeadResponse> answer) {
        OnConversion(std::move(answer));
      },
      delay);
}

void DealChain::OnAnswer(Step step, absl::Status status) {
  if (!status.ok()) {
    if (run_.stopped_) return run_.Finish();
    if (MayBeThere(status)) return Check(step, std::move(status));
    return Fail(status, NameOf(step));
  }
  acted_ = true;
  TakeEffect(step);
  Next();
}

void DealChain::TakeEffect(Step step) {
  if (step != Step::kContact && step != Step::kFill && when_.time) state_.entered = when_.time;
  switch (step) {
    case Step::kContact:
      state_.contact = true;
      return;
    case Step::kLead:
      state_.lead =
          deal_.target == Target::kNew ? lead::v1::LEAD_STATE_NEW : lead::v1::LEAD_STATE_WORKING;
      return;
    case Step::kWork:
      state_.lead = lead::v1::LEAD_STATE_WORKING;
      return;
    case Step::kQualify:
      state_.lead = lead::v1::LEAD_STATE_QUALIFIED;
      return;
    case Step::kDisqualify:
      state_.lead = lead::v1::LEAD_STATE_DISQUALIFIED;
      return;
    case Step::kOpen:
      state_.opportunity = rpc::FormatName("opportunities", deal_.opportunity_id);
      [[fallthrough]];
    case Step::kConvert:
      state_.stage_type = opportunity::v1::STAGE_TYPE_OPEN;
      state_.stage = run_.plan_.FirstStage();
      state_.filled = !HasFill(deal_);
      return;
    case Step::kMove:
      state_.stage = move_->stage;
      return;
    case Step::kFill:
      state_.filled = true;
      return;
    case Step::kWin:
      state_.stage_type = opportunity::v1::STAGE_TYPE_WON;
      return;
    case Step::kLose:
      state_.stage_type = opportunity::v1::STAGE_TYPE_LOST;
      return;
    case Step::kDone:
      return;
  }
}

void DealChain::OnConversion(absl::StatusOr<lead::v1::ConvertLeadResponse> answer) {
  if (!answer.ok()) return OnAnswer(Step::kConvert, answer.status());
  if (answer->state() == lead::v1::CONVERSION_STATE_COMPLETED) {
    state_.lead = lead::v1::LEAD_STATE_CONVERTED;
    state_.opportunity = answer->opportunity();
    return OnAnswer(Step::kConvert, absl::OkStatus());
  }
  if (answer->state() == lead::v1::CONVERSION_STATE_COMPENSATED) {
    return Fail(absl::FailedPreconditionError("the conversion was refused and undone"), "convert");
  }
  if (run_.stopped_) return run_.Finish();
  if (++polls_ > run_.options_.conversion_polls) {
    return Fail(absl::DeadlineExceededError("the conversion is still under way"), "convert");
  }
  SendConvert(run_.options_.conversion_poll);
}

void DealChain::Check(Step step, absl::Status refusal) {
  const auto then = [this, step, refusal = std::move(refusal)](const absl::Status& read) {
    OnCheck(step, read, refusal);
  };
  if (step == Step::kContact) {
    contact::v1::GetContactRequest request;
    request.set_name(rpc::FormatName("contacts", deal_.contact_id));
    return run_.calls_.Start(request, [this, then](auto answer) {
      state_.contact = answer.ok() && !answer->contact().has_delete_time();
      then(answer.status());
    });
  }
  if (step == Step::kOpen || step > Step::kOpen) {
    opportunity::v1::GetOpportunityRequest request;
    request.set_name(step == Step::kOpen ? rpc::FormatName("opportunities", deal_.opportunity_id)
                                         : state_.opportunity);
    return run_.calls_.Start(request, [this, then](auto answer) {
      if (answer.ok()) run_.TakeOpportunity(deal_, answer->opportunity(), &state_);
      then(answer.status());
    });
  }
  lead::v1::GetLeadRequest request;
  request.set_name(rpc::FormatName("leads", deal_.lead_id));
  run_.calls_.Start(request, [this, then](auto answer) {
    if (answer.ok()) {
      state_.lead = answer->lead().state();
      state_.opportunity = answer->lead().opportunity();
    }
    then(answer.status());
  });
}

void DealChain::OnCheck(Step step, const absl::Status& read, const absl::Status& refusal) {
  if (run_.stopped_) return run_.Finish();
  if (!read.ok()) return Fail(refusal, NameOf(step));
  const absl::StatusOr<Step> next = run_.plan_.Next(deal_, state_);
  if (next.ok() && *next == step) return Fail(refusal, NameOf(step));
  Next();
}

void DealChain::Refresh() {
  if (state_.opportunity.empty()) {
    lead::v1::GetLeadRequest request;
    request.set_name(rpc::FormatName("leads", deal_.lead_id));
    return run_.calls_.Start(request, [this](auto answer) {
      if (run_.stopped_) return run_.Finish();
      if (!answer.ok()) return Fail(answer.status(), "update");
      run_.leads_[index_] = answer->lead();
      Update();
    });
  }
  opportunity::v1::GetOpportunityRequest request;
  request.set_name(state_.opportunity);
  run_.calls_.Start(request, [this](auto answer) {
    if (run_.stopped_) return run_.Finish();
    if (!answer.ok()) return Fail(answer.status(), "update");
    run_.opportunities_[index_] = answer->opportunity();
    Update();
  });
}

void DealChain::Update() {
  if (const auto it = run_.opportunities_.find(index_); it != run_.opportunities_.end()) {
    std::string warning;
    auto changes = ChangesOf(*file_.mapping, deal_, it->second, &warning);
    if (!warning.empty()) run_.Warn(deal_.row, warning);
    return changes ? SendUpdate(*std::move(changes), it->second.etag()) : End();
  }
  const auto it = run_.leads_.find(index_);
  auto changes =
      it == run_.leads_.end() ? std::nullopt : ChangesOf(*file_.mapping, deal_, it->second);
  changes ? SendUpdate(*std::move(changes), it->second.etag()) : End();
}

template <class Request>
void DealChain::SendUpdate(Request request, absl::string_view etag) {
  // The same change of the same revision is the same request, whenever it is sent.
  request.set_request_id(
      run_.requests_.Id(deal_, absl::StrCat("update ", etag, " ", request.ShortDebugString())));
  run_.calls_.StartUnread(request, [this](absl::Status status) {
    if (run_.stopped_ && !status.ok()) return run_.Finish();
    if (!status.ok()) return Fail(status, "update");
    acted_ = true;
    End();
  });
}

void DealChain::Fail(const absl::Status& status, absl::string_view step) {
  run_.FinishFailed(deal_.row, status, step);
}

}  // namespace crm::crmctl

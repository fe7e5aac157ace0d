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

DealChain::DealChain(ImportRun* run, const FileMapping& file, ImportRow* row)
    : run_(*run),
      file_(file),
      row_(*row),
      deal_(std::get<DealRecord>(row->record.thing)),
      state_(row->state),
      was_there_(state_.lead != lead::v1::LEAD_STATE_UNSPECIFIED || !state_.opportunity.empty()) {}

absl::StatusOr<bool> DealChain::HasSomethingToDo() const {
  const absl::StatusOr<Step> step = run_.plan_.Next(deal_, state_);
  if (!step.ok()) return step.status();
  if (*step != Step::kDone) return true;
  if (!run_.Updates()) return false;
  std::string warning;
  if (row_.opportunity) {
    const bool changes = ChangesOf(file_, deal_, *row_.opportunity, &warning).has_value();
    if (!changes && !warning.empty()) run_.Warn(&row_, warning);
    return changes;
  }
  return row_.lead && ChangesOf(file_, deal_, *row_.lead).has_value();
}

bool DealChain::IsOutOfDate() const {
  if (!run_.Updates()) return false;
  if (row_.opportunity) return IsOlder(deal_.attributes, row_.opportunity->attributes());
  return row_.lead && IsOlder(deal_.attributes, row_.lead->attributes());
}

void DealChain::Next() {
  if (run_.stopped_) return run_.Finish(&row_);
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
  if (!acted_) return run_.FinishAs(&row_, &FileOutcome::unchanged);
  const bool updates = run_.Updates() && was_there_;
  run_.FinishAs(&row_, updates ? &FileOutcome::updated : &FileOutcome::created);
}

void DealChain::Send(Step step) {
  const auto answer = [this, step](absl::Status status) { OnAnswer(step, std::move(status)); };
  const DealRequests& requests = run_.requests_;
  move_ = run_.plan_.NextMove(deal_, state_);
  when_ = WhenOf(deal_, state_, step, move_);
  if (when_.later) {
    run_.Warn(&row_, absl::StrCat(NameOf(step), ": what is there already is later than the ",
                                  "file says; its time is taken"));
  }
  client::AsyncCalls& calls = run_.calls_;
  switch (step) {
    case Step::kContact:
      return calls.StartUnread(requests.OwnContact(deal_), answer);
    case Step::kLead:
      return calls.Start(requests.Lead(deal_), [this](auto made) { OnLead(std::move(made)); });
    case Step::kWork:
      return calls.StartUnread(requests.Work(deal_, when_), answer);
    case Step::kTakeUp:
      return calls.StartUnread(requests.TakeUp(deal_, when_), answer);
    case Step::kQualify:
      return calls.StartUnread(requests.Qualify(deal_, when_), answer);
    case Step::kDisqualify:
      return calls.StartUnread(requests.Disqualify(deal_, when_), answer);
    case Step::kConvert:
      return SendConvert(absl::ZeroDuration());
    case Step::kOpen:
      return calls.StartUnread(requests.Open(deal_), answer);
    case Step::kReopen:
      return calls.StartUnread(
          requests.Reopen(deal_, run_.plan_.ReopenedStage(deal_), state_.opportunity, when_),
          answer);
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
    if (run_.stopped_) return run_.Finish(&row_);
    if (MayBeThere(status)) return Check(step, std::move(status));
    return Fail(status, NameOf(step));
  }
  acted_ = true;
  run_.plan_.TakeEffect(deal_, step, when_, move_, &state_);
  Next();
}

void DealChain::OnLead(absl::StatusOr<lead::v1::CreateLeadResponse> answer) {
  // A service from before qualifications makes a WORKING one.
  if (answer.ok()) state_.lead = answer->lead().state();
  OnAnswer(Step::kLead, answer.status());
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
  if (run_.stopped_) return run_.Finish(&row_);
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
      state_.version = answer->lead().stage_version();
    }
    then(answer.status());
  });
}

bool DealChain::TakesDuplicate(const absl::Status& refusal) {
  const std::optional<base::Uuid> holder = HolderOf(refusal);
  if (!holder) return false;
  if (run_.mapping_.duplicates == Mapping::Duplicates::kAttach) {
    deal_.contact_id = *holder;
    state_.contact = true;
    run_.Warn(&row_, absl::StrCat("contact_email: ", rpc::FormatName("contacts", *holder),
                                  " has it and is used"));
    return true;
  }
  if (run_.mapping_.duplicates != Mapping::Duplicates::kDrop || deal_.email_dropped) return false;
  deal_.contact_emails.clear();
  deal_.email_dropped = true;
  run_.Warn(&row_, "contact_email: another contact has it; left out");
  return true;
}

void DealChain::OnCheck(Step step, const absl::Status& read, const absl::Status& refusal) {
  if (run_.stopped_) return run_.Finish(&row_);
  if (step == Step::kContact && !state_.contact && TakesDuplicate(refusal)) return Next();
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
      if (run_.stopped_) return run_.Finish(&row_);
      if (!answer.ok()) return Fail(answer.status(), "update");
      row_.lead = answer->lead();
      Update();
    });
  }
  opportunity::v1::GetOpportunityRequest request;
  request.set_name(state_.opportunity);
  run_.calls_.Start(request, [this](auto answer) {
    if (run_.stopped_) return run_.Finish(&row_);
    if (!answer.ok()) return Fail(answer.status(), "update");
    row_.opportunity = answer->opportunity();
    Update();
  });
}

void DealChain::Update() {
  if (row_.opportunity) {
    std::string warning;
    auto changes = ChangesOf(file_, deal_, *row_.opportunity, &warning);
    if (!warning.empty()) run_.Warn(&row_, warning);
    return changes ? SendUpdate(*std::move(changes), row_.opportunity->etag()) : End();
  }
  auto changes = row_.lead ? ChangesOf(file_, deal_, *row_.lead) : std::nullopt;
  changes ? SendUpdate(*std::move(changes), row_.lead->etag()) : End();
}

template <class Request>
void DealChain::SendUpdate(Request request, absl::string_view etag) {
  // The same change of the same revision is the same request, whenever it is sent.
  request.set_request_id(
      run_.requests_.Id(deal_, absl::StrCat("update ", etag, " ", request.ShortDebugString())));
  run_.calls_.StartUnread(request, [this](absl::Status status) {
    if (run_.stopped_ && !status.ok()) return run_.Finish(&row_);
    if (!status.ok()) return Fail(status, "update");
    acted_ = true;
    End();
  });
}

void DealChain::Fail(const absl::Status& status, absl::string_view step) {
  run_.FinishFailed(&row_, status, step);
}

}  // namespace crm::crmctl

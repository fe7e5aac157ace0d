#include "clients/crmctl/import/deal_chain.h"

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

void DealChain::Next() {
  if (run_.stopped_) return run_.Finish();
  const absl::StatusOr<Step> step = NextStep(deal_, state_);
  if (!step.ok()) return Fail(step.status(), "");
  if (*step != Step::kDone) return Send(*step);
  acted_ ? run_.FinishCreated() : run_.FinishUnchanged();
}

void DealChain::Send(Step step) {
  const auto answer = [this, step](absl::Status status) { OnAnswer(step, std::move(status)); };
  const DealRequests& requests = run_.requests_;
  switch (step) {
    case Step::kContact:
      return run_.calls_.StartUnread(requests.OwnContact(deal_), answer);
    case Step::kLead:
      return run_.calls_.StartUnread(requests.Lead(deal_), answer);
    case Step::kQualify:
      return run_.calls_.StartUnread(requests.Qualify(deal_), answer);
    case Step::kConvert:
      return SendConvert(absl::ZeroDuration());
    case Step::kWin:
      return run_.calls_.StartUnread(requests.Win(deal_, state_.opportunity), answer);
    case Step::kLose:
      return run_.calls_.StartUnread(requests.Lose(deal_, state_.opportunity), answer);
    case Step::kDone:
      return;
  }
}

void DealChain::SendConvert(absl::Duration delay) {
  run_.calls_.Start(
      run_.requests_.Convert(deal_),
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
  switch (step) {
    case Step::kContact:
      state_.contact = true;
      break;
    case Step::kLead:
      state_.lead = lead::v1::LEAD_STATE_WORKING;
      break;
    case Step::kQualify:
      state_.lead = lead::v1::LEAD_STATE_QUALIFIED;
      break;
    case Step::kWin:
      state_.stage_type = opportunity::v1::STAGE_TYPE_WON;
      break;
    case Step::kLose:
      state_.stage_type = opportunity::v1::STAGE_TYPE_LOST;
      break;
    default:
      break;
  }
  Next();
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
  if (step == Step::kContact) {
    contact::v1::GetContactRequest request;
    request.set_name(rpc::FormatName("contacts", deal_.contact_id));
    return run_.calls_.Start(request, [this, step, refusal = std::move(refusal)](auto answer) {
      state_.contact = answer.ok() && !answer->contact().has_delete_time();
      OnCheck(step, answer.status(), refusal);
    });
  }
  if (step == Step::kWin || step == Step::kLose) {
    opportunity::v1::GetOpportunityRequest request;
    request.set_name(state_.opportunity);
    return run_.calls_.Start(request, [this, step, refusal = std::move(refusal)](auto answer) {
      if (answer.ok()) state_.stage_type = answer->opportunity().stage_type();
      OnCheck(step, answer.status(), refusal);
    });
  }
  lead::v1::GetLeadRequest request;
  request.set_name(rpc::FormatName("leads", deal_.lead_id));
  run_.calls_.Start(request, [this, step, refusal = std::move(refusal)](auto answer) {
    if (answer.ok()) {
      state_.lead = answer->lead().state();
      state_.opportunity = answer->lead().opportunity();
    }
    OnCheck(step, answer.status(), refusal);
  });
}

void DealChain::OnCheck(Step step, const absl::Status& read, const absl::Status& refusal) {
  if (run_.stopped_) return run_.Finish();
  if (!read.ok()) return Fail(refusal, NameOf(step));
  const absl::StatusOr<Step> next = NextStep(deal_, state_);
  if (next.ok() && *next == step) return Fail(refusal, NameOf(step));
  Next();
}

void DealChain::Fail(const absl::Status& status, absl::string_view step) {
  run_.FinishFailed(deal_.row, status, step);
}

}  // namespace crm::crmctl

#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

#include "clients/crmctl/import/records.h"
#include "crm/contact/v1/contact_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"

namespace crm::crmctl {

// The calls that bring a deal to where it belongs, in this order.
enum class Step {
  kContact,
  kLead,
  kWork,    // of a lead that was new
  kTakeUp,  // a lead that was disqualified
  kQualify,
  kDisqualify,
  kConvert,
  kOpen,    // an opportunity without a lead
  kReopen,  // a closed opportunity
  kMove,
  kFill,  // what a conversion does not take along
  kWin,
  kLose,
  kDone
};
const char* NameOf(Step step);

// What is there of a deal.
struct DealState {
  bool contact = false;  // meaningful only while there is no lead
  bool deleted = false;  // the lead or the opportunity, by a person
  lead::v1::LeadState lead = lead::v1::LEAD_STATE_UNSPECIFIED;  // unspecified: none
  std::string opportunity;                                      // name; set once there is one
  opportunity::v1::StageType stage_type = opportunity::v1::STAGE_TYPE_UNSPECIFIED;  // or not known
  std::string stage;                  // key; empty: not known
  int64_t version = 0;                // of the lead's moves, or else of the opportunity's
  bool filled = true;                 // kFill is made, or there is nothing to fill
  std::optional<absl::Time> entered;  // when the lead, or else the opportunity, was last moved
};

// When a step takes effect: as the file says, but not before what has happened already.
struct When {
  std::optional<absl::Time> time;  // nothing: at the time of the call
  bool later = false;              // than the file says
  int64_t version = 0;             // the moves before it; 0: of a thing that this run makes
};

// Takes the opportunities of an import through the stages of their pipeline.
class DealPlan {
 public:
  // `stages`: the keys of the pipeline's open stages in their order; may be empty where no deal
  // names one and none goes back. `back`: what went further than the deal says comes back.
  explicit DealPlan(std::vector<std::string> stages, bool back = false)
      : stages_(std::move(stages)), back_(back) {}

  // What to do next. A thing that is where the deal belongs, or beyond, is left alone: people may
  // have worked with it since; or with `back` it comes back, but a conversion is never undone.
  // Errors: FAILED_PRECONDITION when it went another way (disqualified; lost where it should be
  // won); INVALID_ARGUMENT for a stage that the pipeline has not.
  absl::StatusOr<Step> Next(const DealRecord& deal, const DealState& state) const;

  // Which move is next: forward in the pipeline; behind these with `back` also back to where the
  // deal is. Nothing when there is none.
  const StageMove* NextMove(const DealRecord& deal, const DealState& state) const;
  // Brings `state` to what it is behind `step`, which was done at `when` and, if it is a move, is
  // `move`. In which state a lead was made, and which opportunity of it, is in the answers.
  void TakeEffect(const DealRecord& deal, Step step, const When& when, const StageMove* move,
                  DealState* state) const;
  // The stage that a new opportunity is in.
  std::string FirstStage() const { return stages_.empty() ? "" : stages_.front(); }
  // The one in which a closed opportunity goes on.
  std::string ReopenedStage(const DealRecord& deal) const {
    const bool open = deal.target == Target::kOpen && !deal.moves.empty();
    return open ? deal.moves.back().stage : FirstStage();
  }

 private:
  int PositionOf(const std::string& stage) const;  // -1: not there

  std::vector<std::string> stages_;
  bool back_;
};

// Whether the deal's lead is made and qualified by one call. One that was made before, or by a
// service that cannot do so, goes by kQualify.
bool IsQualifiedAtOnce(const DealRecord& deal);

// When `step` takes effect.
When WhenOf(const DealRecord& deal, const DealState& state, Step step, const StageMove* move);

// Whether the deal has something that a conversion does not take along.
bool HasFill(const DealRecord& deal);
// Whether an opportunity has it already, or people have been at work on it.
bool IsFilled(const DealRecord& deal, const opportunity::v1::Opportunity& found);

// The requests. They hold nothing that differs from run to run, so that the same request id always
// carries the same request.
class DealRequests {
 public:
  // Both must outlive it.
  DealRequests(const Mapping& mapping, const ImportIds& ids) : mapping_(mapping), ids_(ids) {}

  contact::v1::CreateContactRequest Contact(const ContactRecord& record, Entity entity) const;
  contact::v1::CreateContactRequest OwnContact(const DealRecord& deal) const;
  lead::v1::CreateLeadRequest Lead(const DealRecord& deal) const;
  lead::v1::LogActivityRequest Work(const DealRecord& deal, When when) const;
  lead::v1::ReopenLeadRequest TakeUp(const DealRecord& deal, When when) const;
  lead::v1::QualifyLeadRequest Qualify(const DealRecord& deal, When when) const;
  lead::v1::DisqualifyLeadRequest Disqualify(const DealRecord& deal, When when) const;
  lead::v1::ConvertLeadRequest Convert(const DealRecord& deal, When when) const;
  opportunity::v1::OpenOpportunityRequest Open(const DealRecord& deal) const;
  opportunity::v1::MoveOpportunityRequest Move(const DealRecord& deal, const StageMove& move,
                                               const std::string& opportunity, When when) const;
  opportunity::v1::ReopenOpportunityRequest Reopen(const DealRecord& deal, const std::string& stage,
                                                   const std::string& opportunity, When when) const;
  opportunity::v1::UpdateOpportunityRequest Fill(const DealRecord& deal,
                                                 const std::string& opportunity) const;
  opportunity::v1::WinOpportunityRequest Win(const DealRecord& deal, const std::string& opportunity,
                                             When when) const;
  opportunity::v1::LoseOpportunityRequest Lose(const DealRecord& deal,
                                               const std::string& opportunity, When when) const;

  std::string Id(const DealRecord& deal, absl::string_view step, When when = {}) const;

 private:
  const Mapping& mapping_;
  const ImportIds& ids_;
};

}  // namespace crm::crmctl

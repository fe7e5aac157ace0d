#include "services/contact/lifecycle/neighbour_event.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/rpc/proto_values.h"

namespace crm::contact {
namespace {

constexpr char kLeadType[] = "crm.lead.lead.stage_changed.v1";
constexpr char kOpportunityType[] = "crm.opportunity.opportunity.stage_changed.v1";

// The stage names of leads and what they mean here.
constexpr std::pair<absl::string_view, ThingState> kLeadStages[] = {
    {"NEW", ThingState::kLive},        {"WORKING", ThingState::kLive},
    {"QUALIFIED", ThingState::kLive},  {"CONVERTING", ThingState::kLive},
    {"CONVERTED", ThingState::kEnded}, {"DISQUALIFIED", ThingState::kEnded},
};

// Of an opportunity the type of its stage counts, never the name.
constexpr std::pair<absl::string_view, ThingState> kOpportunityTypes[] = {
    {"OPEN", ThingState::kLive},
    {"LOST", ThingState::kEnded},
    {"WON", ThingState::kWon},
};

template <class Table>
std::optional<ThingState> FindState(const Table& table, absl::string_view stage) {
  for (const auto& [name, state] : table) {
    if (name == stage) return state;
  }
  return std::nullopt;
}

template <class Table>
absl::Status ReadStates(const Table& table, absl::string_view from, absl::string_view to,
                        NeighbourMove& move) {
  const std::optional<ThingState> state = FindState(table, to);
  if (!state.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat("unknown stage \"", to, "\""));
  }
  move.previous = FindState(table, from);
  move.state = *state;
  return absl::OkStatus();
}

std::optional<base::Uuid> IdIn(absl::string_view name, absl::string_view collection) {
  if (!absl::ConsumePrefix(&name, collection)) return std::nullopt;
  return base::Uuid::Parse(name);
}

absl::Status ReadNames(const event::v1::StageChanged& event, NeighbourMove& move) {
  const bool lead = move.thing.kind == ThingKind::kLead;
  const auto thing = IdIn(event.subject(), lead ? "leads/" : "opportunities/");
  const auto contact = IdIn(event.contact(), "contacts/");
  const auto id = base::Uuid::Parse(event.event_id());
  if (!thing || !contact || !id || event.tenant().empty() || event.version() < 1) {
    return absl::InvalidArgumentError("the event lacks a name, its tenant, id or version");
  }
  move.thing.id = *thing;
  move.contact = *contact;
  move.event_id = *id;
  move.lead = lead ? thing : IdIn(event.lead(), "leads/");
  return absl::OkStatus();
}

// Events of earlier versions have none or a bare id.
void ReadTimes(const event::v1::StageChanged& event, NeighbourMove& move) {
  move.corrects = event.corrects_version() > 0;
  if (move.corrects) {
    move.effective_time = rpc::TimeFrom(event.stage_enter_time());
    move.previous_effective_time = rpc::TimeFrom(event.stage_enter_time_before());
    return;
  }
  move.effective_time = rpc::TimeFrom(event.effective_time());
  move.previous_effective_time = move.effective_time -
                                 absl::Seconds(event.time_in_previous_stage().seconds()) -
                                 absl::Nanoseconds(event.time_in_previous_stage().nanos());
}

std::string CorrelationOf(const event::v1::StageChanged& event, const NeighbourMove& move) {
  if (!event.correlation_id().empty() && !base::Uuid::Parse(event.correlation_id())) {
    return event.correlation_id();
  }
  if (move.lead.has_value()) return absl::StrCat("leads/", move.lead->ToString());
  return event.subject();
}

}  // namespace

absl::StatusOr<std::optional<NeighbourMove>> MoveOf(const event::v1::StageChanged& event) {
  NeighbourMove move;
  if (event.type() == kLeadType) {
    move.thing.kind = ThingKind::kLead;
    CRM_RETURN_IF_ERROR(ReadStates(kLeadStages, event.from_stage(), event.to_stage(), move));
    if (event.to_stage() == "CONVERTED")
      move.successor = IdIn(event.opportunity(), "opportunities/");
  } else if (event.type() == kOpportunityType) {
    move.thing.kind = ThingKind::kOpportunity;
    CRM_RETURN_IF_ERROR(
        ReadStates(kOpportunityTypes, event.from_stage_type(), event.to_stage_type(), move));
  } else {
    return std::optional<NeighbourMove>();
  }
  CRM_RETURN_IF_ERROR(ReadNames(event, move));
  move.thing.tenant = event.tenant();
  move.version = event.version();
  ReadTimes(event, move);
  if (event.has_amount_after()) {
    move.amount = rpc::MoneyFrom(event.amount_after());
  }
  if (event.has_amount_before()) {
    move.amount_before = rpc::MoneyFrom(event.amount_before());
  }
  move.actor = event.actor();
  move.owner = event.owner();
  move.correlation_id = CorrelationOf(event, move);
  move.traceparent = event.traceparent();
  return std::optional<NeighbourMove>(std::move(move));
}

}  // namespace crm::contact

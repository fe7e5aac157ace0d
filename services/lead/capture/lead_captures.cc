#include "services/lead/capture/lead_captures.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::lead {
namespace {

constexpr int kMostLooks = 8;
constexpr char kReopenReason[] = "It came in again.";

absl::Status MovedOn() {
  return error::Error(absl::StatusCode::kAborted, error::kWriteConflict,
                      "Others are changing the leads of the contact.")
      .RetryAfter(absl::Seconds(1));
}

// The lead is not there any more as it was seen, or another call has just made it.
bool LookAgain(const absl::Status& status) {
  const std::string reason = error::ReasonOf(status);
  return reason == error::kWriteConflict || reason == error::kDuplicateId;
}

Captured Outcome(const CapturePlace& place, const CapturedContact& contact) {
  return {place.outcome, contact.made};
}

}  // namespace

absl::StatusOr<aggregate::Answer> LeadCaptures::Capture(const CaptureCall& call) {
  if (call.request) {
    CRM_ASSIGN_OR_RETURN(auto first, ports_.reads.FirstAnswer(call.caller.tenant, *call.request,
                                                              call.caller.deadline));
    if (first.has_value()) return aggregate::Answer{*std::move(first), true};
  }
  const base::Uuid request = call.request ? call.request->id : ports_.ids.New();
  const auto contact =
      ports_.contacts.FindOrMake(call.caller, call.facts, request, call.occasion.now);
  if (!contact.ok()) return error::Under("contact", contact.status());
  return CaptureFor(call, *contact);
}

absl::StatusOr<aggregate::Answer> LeadCaptures::CaptureFor(const CaptureCall& call,
                                                           const CapturedContact& contact) {
  for (int turn = 0; turn < kMostLooks; ++turn) {
    CRM_ASSIGN_OR_RETURN(
        const std::vector<Lead> leads,
        ports_.reads.OfContact(call.caller.tenant, contact.contact, call.caller.deadline));
    const CapturePlace place = PlaceOf(contact.contact, call.interest, leads);
    auto answer = place.outcome == CaptureOutcome::kCreated ? Make(call, contact, place)
                                                            : Find(call, contact, place);
    if (answer.ok() || !LookAgain(answer.status())) return answer;
  }
  return MovedOn();
}

absl::StatusOr<aggregate::Answer> LeadCaptures::Make(const CaptureCall& call,
                                                     const CapturedContact& contact,
                                                     const CapturePlace& place) {
  aggregate::Creation<Lead> creation;
  Lead& lead = creation.aggregate;
  lead.tenant = call.caller.tenant;
  lead.id = place.lead;
  lead.contact = contact.contact;
  lead.source = call.source;
  lead.source_detail = call.source_detail;
  const std::string interest(absl::StripAsciiWhitespace(call.interest));
  if (!interest.empty()) lead.interests.push_back(interest);
  CRM_RETURN_IF_ERROR(Open(lead, call.occasion));
  if (const auto message = MessageOf(call, contact)) Receive(lead, *message);
  creation.request = call.request;
  creation.author = call.author;
  creation.answer = [&](const Lead& made) { return call.answer(made, Outcome(place, contact)); };
  aggregate::Creation<Lead>* const items[] = {&creation};
  ports_.leads.Create(items, call.caller.deadline);
  return creation.outcome;
}

absl::StatusOr<aggregate::Answer> LeadCaptures::Find(const CaptureCall& call,
                                                     const CapturedContact& contact,
                                                     const CapturePlace& place) {
  aggregate::Change<Lead> change;
  change.key = {call.caller.tenant, place.lead};
  change.request = call.request;
  change.author = call.author;
  change.apply = [&, message = MessageOf(call, contact)](Lead& lead) -> absl::Status {
    if (!StillThere(lead, place)) return MovedOn();
    if (place.outcome == CaptureOutcome::kReopened) {
      CRM_RETURN_IF_ERROR(Reopen(lead, kReopenReason, call.occasion));
    }
    if (message) Receive(lead, *message);
    return absl::OkStatus();
  };
  change.answer = [&](const Lead& lead) { return call.answer(lead, Outcome(place, contact)); };
  aggregate::Change<Lead>* const items[] = {&change};
  ports_.leads.Update(items, call.caller.deadline);
  return change.outcome;
}

std::optional<Activity> LeadCaptures::MessageOf(const CaptureCall& call,
                                                const CapturedContact& contact) {
  std::vector<std::string> parts;
  if (!call.note.empty()) parts.push_back(call.note);
  if (!call.facts.organization.empty() && call.facts.domain.empty()) {
    parts.push_back(absl::StrCat("Organization: ", call.facts.organization));
  }
  // The contact has another address, or none, and a person decides whether it is to have this one.
  if (!call.facts.email.empty() && !contact.by_email) {
    parts.push_back(absl::StrCat("E-mail: ", call.facts.email));
  }
  if (parts.empty()) return std::nullopt;
  Activity activity;
  activity.id = ports_.ids.New();
  activity.type = ActivityType::kMessage;
  activity.direction = ActivityDirection::kInbound;
  activity.occur_time = activity.record_time = call.occasion.now;
  activity.summary = absl::StrJoin(parts, "\n");
  activity.actor = call.caller.actor;
  return activity;
}

}  // namespace crm::lead

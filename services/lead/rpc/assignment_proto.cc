#include "services/lead/rpc/assignment_proto.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/proto_values.h"

namespace crm::lead {
namespace {

static_assert(static_cast<int>(AssignmentWay::kLeastLoaded) == v1::ASSIGNMENT_WAY_LEAST_LOADED);
static_assert(static_cast<int>(DealOutcome::kNotFound) == v1::ASSIGNMENT_OUTCOME_NOT_FOUND);

std::string ExplanationOf(const Dealt& dealt) {
  switch (dealt.outcome) {
    case DealOutcome::kAssigned:
      return absl::StrCat("The rule \"", dealt.rule, "\" gave it to ", dealt.owner, ".");
    case DealOutcome::kNoRule:
      return "No rule is for such a lead.";
    case DealOutcome::kHasOwner:
      return absl::StrCat("It is ", dealt.owner, "'s already.");
    case DealOutcome::kNotLive:
      return absl::StrCat("It is ", NameOf(kLeadStateNames, dealt.state), ".");
    case DealOutcome::kNotFound:
      return "There is no such lead.";
    case DealOutcome::kUnspecified:
      break;
  }
  return "";
}

void RuleToProto(const AssignmentRule& rule, v1::AssignmentRule& message) {
  message.set_name(rule.name);
  for (const LeadSource source : rule.sources) {
    message.add_sources(static_cast<type::v1::LeadSource>(static_cast<int>(source)));
  }
  for (const std::string& country : rule.countries) message.add_countries(country);
  if (rule.least_score) message.set_least_score(*rule.least_score);
  if (rule.most_score) message.set_most_score(*rule.most_score);
  message.set_way(static_cast<v1::AssignmentWay>(static_cast<int>(rule.way)));
  for (const std::string& agent : rule.team) message.add_team(agent);
}

AssignmentRule RuleFromProto(const v1::AssignmentRule& message) {
  AssignmentRule rule;
  rule.name = message.name();
  for (const int source : message.sources()) {
    rule.sources.push_back(static_cast<LeadSource>(source));
  }
  rule.countries.assign(message.countries().begin(), message.countries().end());
  if (message.has_least_score()) rule.least_score = message.least_score();
  if (message.has_most_score()) rule.most_score = message.most_score();
  rule.way = static_cast<AssignmentWay>(static_cast<int>(message.way()));
  rule.team.assign(message.team().begin(), message.team().end());
  return rule;
}

}  // namespace

void ToProto(const RulesRevision& revision, v1::AssignmentRules& message) {
  message.set_revision(revision.rules.revision);
  message.set_etag(std::to_string(revision.rules.revision));
  for (const AssignmentRule& rule : revision.rules.rules) RuleToProto(rule, *message.add_rules());
  if (revision.record_time != absl::InfinitePast()) {
    rpc::SetTime(revision.record_time, message.mutable_record_time());
  }
  message.set_actor(revision.actor);
}

void ToProto(const Dealt& dealt, v1::LeadAssignment& message) {
  message.set_lead(LeadName(dealt.lead));
  message.set_outcome(static_cast<v1::AssignmentOutcome>(static_cast<int>(dealt.outcome)));
  message.set_owner(dealt.owner);
  message.set_rule(dealt.rule);
  message.set_explanation(ExplanationOf(dealt));
}

AssignmentRules FromProto(const v1::AssignmentRules& message) {
  AssignmentRules rules;
  for (const v1::AssignmentRule& rule : message.rules()) rules.rules.push_back(RuleFromProto(rule));
  return rules;
}

}  // namespace crm::lead

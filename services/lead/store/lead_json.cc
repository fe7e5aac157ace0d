#include "services/lead/store/lead_json.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/aggregate/stored_json.h"

namespace crm::lead {
namespace {

using aggregate::Json;
using aggregate::JsonInt;
using aggregate::JsonText;
using aggregate::JsonUuid;
using aggregate::Put;
using aggregate::ReadJsonList;
using aggregate::Take;

absl::Time TimeIn(const Json& json, const char* key) {
  return absl::FromUnixMicros(JsonInt(json.at(key)));
}

template <class E, size_t kRows>
E EnumIn(const Json& json, const char* key, const base::EnumName<E> (&names)[kRows]) {
  return ValueOf(names, json.at(key).get_ref<const std::string&>()).value();
}

// Of an enum that is stored by its number.
template <class E, size_t kRows>
E NumberedIn(const Json& json, const base::EnumName<E> (&names)[kRows]) {
  const auto value = static_cast<E>(JsonInt<int>(json));
  if (NameOf(names, value).empty()) throw std::out_of_range("unknown value");
  return value;
}

// [criterion, required, weight, finding, points] and, if it rests on evidence, stale, assessment,
// explanation. The numbers of enums never change.
void Append(std::string& out, const CriterionResult& r) {
  absl::StrAppend(&out, "[", static_cast<int>(r.criterion), ",", r.required ? 1 : 0, ",", r.weight,
                  ",", static_cast<int>(r.finding), ",", r.contribution);
  if (!r.assessment.IsNil()) {
    absl::StrAppend(&out, ",", r.stale ? 1 : 0, ",\"", r.assessment.ToString(), "\",",
                    JsonText(r.explanation));
  }
  out += ']';
}

CriterionResult DecodeResult(const Json& json) {
  CriterionResult r;
  r.criterion = NumberedIn(json.at(0), kCriterionNames);
  r.required = JsonInt<int>(json.at(1)) != 0;
  r.weight = JsonInt<int>(json.at(2));
  r.finding = NumberedIn(json.at(3), kFindingNames);
  r.contribution = JsonInt<int>(json.at(4));
  if (json.size() == 5) {
    r.explanation = ExplainUnassessed(r.weight);
    return r;
  }
  r.stale = JsonInt<int>(json.at(5)) != 0;
  r.assessment = JsonUuid(json.at(6));
  r.explanation = json.at(7).get<std::string>();
  return r;
}

void PutEmployer(Json& json, const PlannedEmployer& employer) {
  Json& it = json["employer"] = Json::object();
  if (employer.organization) it["organization"] = employer.organization->ToString();
  Put(it, "name", employer.display_name);
  Put(it, "domain", employer.domain);
}

void TakeEmployer(const Json& json, PlannedEmployer& employer) {
  if (json.contains("organization")) employer.organization = JsonUuid(json.at("organization"));
  Take(json, "name", employer.display_name);
  Take(json, "domain", employer.domain);
}

void PutPlan(Json& json, const ConversionPlan& plan) {
  if (plan.employer) PutEmployer(json, *plan.employer);
  if (plan.opportunity) json["attach"] = plan.opportunity->ToString();
  if (plan.organization) json["organization"] = plan.organization->ToString();
  Put(json, "name", plan.display_name);
  Put(json, "amount", plan.amount);
  Put(json, "close", plan.expected_close_date);
  Put(json, "owner", plan.owner);
  Put(json, "pipeline", plan.pipeline);
  Put(json, "override", plan.override_reason);
}

void TakePlan(const Json& json, ConversionPlan& plan) {
  if (json.contains("employer")) TakeEmployer(json.at("employer"), plan.employer.emplace());
  if (json.contains("attach")) plan.opportunity = JsonUuid(json.at("attach"));
  if (json.contains("organization")) plan.organization = JsonUuid(json.at("organization"));
  Take(json, "name", plan.display_name);
  Take(json, "amount", plan.amount);
  Take(json, "close", plan.expected_close_date);
  Take(json, "owner", plan.owner);
  Take(json, "pipeline", plan.pipeline);
  Take(json, "override", plan.override_reason);
}

}  // namespace

std::string InterestsToJson(const std::vector<std::string>& interests) {
  return JsonText(interests);
}

std::optional<std::vector<std::string>> InterestsFromJson(absl::string_view text) {
  return ReadJsonList<std::string>(text, [](const Json& json) { return json.get<std::string>(); });
}

Json ToJson(const Assessment& a) {
  Json json = {{"id", a.id.ToString()},
               {"criterion", NameOf(kCriterionNames, a.criterion)},
               {"finding", NameOf(kFindingNames, a.finding)},
               {"source", NameOf(kEvidenceSourceNames, a.source)},
               {"observed", absl::ToUnixMicros(a.observe_time)},
               {"recorded", absl::ToUnixMicros(a.record_time)}};
  Put(json, "observation", a.observation);
  Put(json, "assessor", a.assessor);
  Put(json, "purchase", a.expected_purchase_date);
  Put(json, "budget", a.budget);
  if (a.budget_status != BudgetStatus::kUnspecified) {
    json["budget_status"] = NameOf(kBudgetStatusNames, a.budget_status);
  }
  return json;
}

void FromJson(const Json& json, Assessment& a) {
  a.id = JsonUuid(json.at("id"));
  a.criterion = EnumIn(json, "criterion", kCriterionNames);
  a.finding = EnumIn(json, "finding", kFindingNames);
  a.source = EnumIn(json, "source", kEvidenceSourceNames);
  a.observe_time = TimeIn(json, "observed");
  a.record_time = TimeIn(json, "recorded");
  Take(json, "observation", a.observation);
  Take(json, "assessor", a.assessor);
  Take(json, "purchase", a.expected_purchase_date);
  Take(json, "budget", a.budget);
  if (json.contains("budget_status")) {
    a.budget_status = EnumIn(json, "budget_status", kBudgetStatusNames);
  }
}

Json ToJson(const NextStep& step) {
  Json json = Json::object();
  Put(json, "text", step.text);
  Put(json, "dueDate", step.due_date);
  return json;
}

void FromJson(const Json& json, NextStep& step) {
  Take(json, "text", step.text);
  Take(json, "dueDate", step.due_date);
}

Json ToJson(const Standing& standing) {
  Json json = {{"score", standing.score},
               {"outcome", NameOf(kVerdictOutcomeNames, standing.outcome)}};
  Put(json, "stale", standing.stale_time);
  return json;
}

void FromJson(const Json& json, Standing& standing) {
  standing.score = JsonInt<int>(json.at("score"));
  standing.outcome = EnumIn(json, "outcome", kVerdictOutcomeNames);
  Take(json, "stale", standing.stale_time);
}

std::string AssessmentsToJson(const std::vector<Assessment>& assessments) {
  Json json = Json::array();
  for (const Assessment& assessment : assessments) json.push_back(ToJson(assessment));
  return JsonText(json);
}

std::optional<std::vector<Assessment>> AssessmentsFromJson(absl::string_view text) {
  return ReadJsonList<Assessment>(text, [](const Json& json) {
    Assessment assessment;
    FromJson(json, assessment);
    return assessment;
  });
}

std::optional<std::string> VerdictToJson(const std::optional<Verdict>& verdict) {
  if (!verdict.has_value()) return std::nullopt;
  std::string out = absl::StrCat(
      "[", static_cast<int>(verdict->outcome), ",", verdict->score, ",", verdict->policy_revision,
      ",", absl::ToUnixMicros(verdict->evaluate_time), ",", verdict->threshold);
  for (const CriterionResult& result : verdict->results) {
    out += ',';
    Append(out, result);
  }
  out += ']';
  return out;
}

std::optional<Verdict> VerdictFromJson(absl::string_view text) {
  return aggregate::ReadJson(text, [](const Json& json) {
    constexpr size_t kFirstResult = 5;
    Verdict verdict;
    verdict.outcome = NumberedIn(json.at(0), kVerdictOutcomeNames);
    verdict.score = JsonInt<int>(json.at(1));
    verdict.policy_revision = JsonInt(json.at(2));
    verdict.evaluate_time = absl::FromUnixMicros(JsonInt(json.at(3)));
    verdict.threshold = JsonInt<int>(json.at(4));
    verdict.results.reserve(json.size() - kFirstResult);
    for (size_t i = kFirstResult; i < json.size(); ++i) {
      verdict.results.push_back(DecodeResult(json.at(i)));
    }
    return verdict;
  });
}

std::optional<std::string> ConversionToJson(const std::optional<Conversion>& conversion) {
  if (!conversion.has_value()) return std::nullopt;
  Json json = {{"request", conversion->request_id.ToString()},
               {"hash", absl::BytesToHexString(conversion->request_hash)},
               {"time", absl::ToUnixMicros(conversion->effective_time)}};
  Put(json, "actor", conversion->actor);
  Put(json, "trace", conversion->traceparent);
  PutPlan(json, conversion->plan);
  return JsonText(json);
}

std::optional<Conversion> ConversionFromJson(absl::string_view text, absl::string_view tenant) {
  return aggregate::ReadJson(text, [&](const Json& json) {
    Conversion conversion;
    conversion.request_id = JsonUuid(json.at("request"));
    conversion.id = ConversionIdOf(tenant, conversion.request_id);
    conversion.request_hash = absl::HexStringToBytes(json.at("hash").get_ref<const std::string&>());
    TakePlan(json, conversion.plan);
    conversion.opportunity = OpportunityIdOf(conversion.id, conversion.plan);
    conversion.effective_time = TimeIn(json, "time");
    Take(json, "actor", conversion.actor);
    Take(json, "trace", conversion.traceparent);
    return conversion;
  });
}

Json ToJson(const Assignment& assignment) {
  Json json = {{"time", absl::ToUnixMicros(assignment.time)}};
  Put(json, "reason", assignment.reason);
  Put(json, "rule", assignment.rule);
  if (assignment.rules_revision != 0) json["revision"] = assignment.rules_revision;
  Put(json, "actor", assignment.actor);
  return json;
}

void FromJson(const Json& json, Assignment& assignment) {
  assignment.time = aggregate::JsonTime(json.at("time"));
  Take(json, "reason", assignment.reason);
  Take(json, "rule", assignment.rule);
  if (const Json* const at = aggregate::JsonMember(json, "revision")) {
    assignment.rules_revision = aggregate::JsonInt(*at);
  }
  Take(json, "actor", assignment.actor);
}

std::optional<std::string> AssignmentToJson(const std::optional<Assignment>& assignment) {
  if (!assignment.has_value()) return std::nullopt;
  return JsonText(ToJson(*assignment));
}

std::optional<Assignment> AssignmentFromJson(absl::string_view text) {
  return aggregate::ReadJson(text, [](const Json& json) {
    Assignment assignment;
    FromJson(json, assignment);
    return assignment;
  });
}

}  // namespace crm::lead

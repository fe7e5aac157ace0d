#include "services/lead/store/lead_json.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"

namespace crm::lead {
namespace {

using Json = nlohmann::json;

std::string Text(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at == json.end() ? std::string() : at->get<std::string>();
}

base::Uuid UuidIn(const Json& json, const char* key) {
  return base::Uuid::Parse(Text(json, key)).value_or(base::Uuid());
}

absl::Time TimeIn(const Json& json, const char* key) {
  return absl::FromUnixMicros(json.at(key).get<int64_t>());
}

template <class E>
E EnumIn(const Json& json, const char* key) {
  return ParseName<E>(Text(json, key)).value_or(E{});
}

template <class E>
std::string Text(E value) {
  return std::string(Name(value));
}

// Absent keys stand for empty values: most of them are, and the row stays short.
void Put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

Json DayJson(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::optional<absl::CivilDay> DayIn(const Json& json, const char* key) {
  absl::CivilDay day;
  if (!json.contains(key) || !absl::ParseCivilTime(Text(json, key), &day)) return std::nullopt;
  return day;
}

void PutMoney(Json& json, const char* key, const std::optional<base::Money>& money) {
  if (money.has_value()) json[key] = {{"currency", money->currency}, {"minor", money->minor}};
}

std::optional<base::Money> MoneyIn(const Json& json, const char* key) {
  const auto at = json.find(key);
  if (at == json.end()) return std::nullopt;
  return base::Money{Text(*at, "currency"), at->at("minor").get<int64_t>()};
}

Json Encode(const Assessment& a) {
  Json json = {{"id", a.id.ToString()},
               {"criterion", Text(a.criterion)},
               {"finding", Text(a.finding)},
               {"source", Text(a.source)},
               {"observed", absl::ToUnixMicros(a.observe_time)},
               {"recorded", absl::ToUnixMicros(a.record_time)}};
  Put(json, "observation", a.observation);
  Put(json, "assessor", a.assessor);
  if (a.expected_purchase_date) json["purchase"] = DayJson(*a.expected_purchase_date);
  PutMoney(json, "budget", a.budget);
  if (a.budget_status != BudgetStatus::kUnspecified) json["budget_status"] = Text(a.budget_status);
  return json;
}

Assessment DecodeAssessment(const Json& json) {
  Assessment a;
  a.id = UuidIn(json, "id");
  a.criterion = EnumIn<Criterion>(json, "criterion");
  a.finding = EnumIn<Finding>(json, "finding");
  a.observation = Text(json, "observation");
  a.source = EnumIn<EvidenceSource>(json, "source");
  a.assessor = Text(json, "assessor");
  a.observe_time = TimeIn(json, "observed");
  a.record_time = TimeIn(json, "recorded");
  a.expected_purchase_date = DayIn(json, "purchase");
  a.budget = MoneyIn(json, "budget");
  a.budget_status = EnumIn<BudgetStatus>(json, "budget_status");
  return a;
}

Json Encode(const CriterionResult& r) {
  Json json = {{"criterion", Text(r.criterion)},
               {"required", r.required},
               {"weight", r.weight},
               {"finding", Text(r.finding)},
               {"points", r.contribution},
               {"stale", r.stale},
               {"why", r.explanation}};
  if (!r.assessment.IsNil()) json["assessment"] = r.assessment.ToString();
  return json;
}

CriterionResult DecodeResult(const Json& json) {
  CriterionResult r;
  r.criterion = EnumIn<Criterion>(json, "criterion");
  r.required = json.at("required").get<bool>();
  r.weight = json.at("weight").get<int>();
  r.finding = EnumIn<Finding>(json, "finding");
  r.contribution = json.at("points").get<int>();
  r.assessment = UuidIn(json, "assessment");
  r.stale = json.at("stale").get<bool>();
  r.explanation = Text(json, "why");
  return r;
}

Json Encode(const ConversionPlan& plan) {
  Json json = Json::object();
  Put(json, "display_name", plan.display_name);
  PutMoney(json, "amount", plan.amount);
  if (plan.expected_close_date) json["close"] = DayJson(*plan.expected_close_date);
  Put(json, "owner", plan.owner);
  Put(json, "pipeline", plan.pipeline);
  Put(json, "override_reason", plan.override_reason);
  return json;
}

ConversionPlan DecodePlan(const Json& json) {
  return {Text(json, "display_name"), MoneyIn(json, "amount"), DayIn(json, "close"),
          Text(json, "owner"),        Text(json, "pipeline"),  Text(json, "override_reason")};
}

}  // namespace

std::string InterestsJson(const std::vector<std::string>& interests) {
  return interests.empty() ? "[]" : Json(interests).dump();
}

std::vector<std::string> InterestsFrom(absl::string_view json) {
  if (json == "[]") return {};
  return Json::parse(json.begin(), json.end()).get<std::vector<std::string>>();
}

std::string AssessmentsJson(const std::vector<Assessment>& assessments) {
  Json json = Json::array();
  for (const Assessment& assessment : assessments) json.push_back(Encode(assessment));
  return json.dump();
}

std::vector<Assessment> AssessmentsFrom(absl::string_view json) {
  std::vector<Assessment> assessments;
  if (json == "[]") return assessments;
  for (const Json& item : Json::parse(json.begin(), json.end())) {
    assessments.push_back(DecodeAssessment(item));
  }
  return assessments;
}

std::optional<std::string> VerdictJson(const std::optional<Verdict>& verdict) {
  if (!verdict.has_value()) return std::nullopt;
  Json results = Json::array();
  for (const CriterionResult& result : verdict->results) results.push_back(Encode(result));
  return Json{
      {"outcome", Text(verdict->outcome)},  {"score", verdict->score},
      {"policy", verdict->policy_revision}, {"time", absl::ToUnixMicros(verdict->evaluate_time)},
      {"threshold", verdict->threshold},    {"results", std::move(results)}}
      .dump();
}

Verdict VerdictFrom(absl::string_view text) {
  const Json json = Json::parse(text.begin(), text.end());
  Verdict verdict;
  verdict.outcome = EnumIn<VerdictOutcome>(json, "outcome");
  verdict.score = json.at("score").get<int>();
  verdict.policy_revision = json.at("policy").get<int64_t>();
  verdict.evaluate_time = TimeIn(json, "time");
  verdict.threshold = json.at("threshold").get<int>();
  for (const Json& item : json.at("results")) verdict.results.push_back(DecodeResult(item));
  return verdict;
}

std::optional<std::string> ConversionJson(const std::optional<Conversion>& conversion) {
  if (!conversion.has_value()) return std::nullopt;
  Json json = {{"id", conversion->id.ToString()},
               {"request", conversion->request_id.ToString()},
               {"hash", absl::BytesToHexString(conversion->request_hash)},
               {"state", Text(conversion->state)},
               {"opportunity", conversion->opportunity.ToString()},
               {"plan", Encode(conversion->plan)},
               {"effective", absl::ToUnixMicros(conversion->effective_time)}};
  Put(json, "actor", conversion->actor);
  Put(json, "traceparent", conversion->traceparent);
  Put(json, "refusal", conversion->refusal);
  return json.dump();
}

Conversion ConversionFrom(absl::string_view text) {
  const Json json = Json::parse(text.begin(), text.end());
  Conversion conversion;
  conversion.id = UuidIn(json, "id");
  conversion.request_id = UuidIn(json, "request");
  conversion.request_hash = absl::HexStringToBytes(Text(json, "hash"));
  conversion.state = EnumIn<ConversionState>(json, "state");
  conversion.opportunity = UuidIn(json, "opportunity");
  conversion.plan = DecodePlan(json.at("plan"));
  conversion.effective_time = TimeIn(json, "effective");
  conversion.actor = Text(json, "actor");
  conversion.traceparent = Text(json, "traceparent");
  conversion.refusal = Text(json, "refusal");
  return conversion;
}

}  // namespace crm::lead

#include "services/lead/store/lead_json.h"

#include <iterator>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/json_reader.h"

namespace crm::lead {
namespace {

using Json = nlohmann::json;

template <class E>
std::string Text(E value) {
  return std::string(Name(value));
}

// Absent keys stand for empty values: most of them are, and the row stays short.
void Put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

Json DayJson(absl::CivilDay day) { return absl::FormatCivilTime(day); }

void PutMoney(Json& json, const char* key, const std::optional<base::Money>& money) {
  if (money.has_value()) json[key] = Json::array({money->currency, money->minor});
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

// [criterion, required, weight, finding, points] and, if it rests on evidence, stale, assessment,
// explanation. The numbers of enums never change.
void Append(std::string& out, const CriterionResult& r) {
  absl::StrAppend(&out, "[", static_cast<int>(r.criterion), ",", r.required ? 1 : 0, ",", r.weight,
                  ",", static_cast<int>(r.finding), ",", r.contribution);
  if (!r.assessment.IsNil()) {
    absl::StrAppend(&out, ",", r.stale ? 1 : 0, ",\"", r.assessment.ToString(), "\",",
                    Json(r.explanation).dump());
  }
  out += ']';
}

CriterionResult DecodeResult(base::JsonReader& json) {
  CriterionResult r;
  json.Enter();
  r.criterion = static_cast<Criterion>(json.Int());
  r.required = json.Int() != 0;
  r.weight = static_cast<int>(json.Int());
  r.finding = static_cast<Finding>(json.Int());
  r.contribution = static_cast<int>(json.Int());
  if (!json.More()) {
    r.explanation = ExplainUnassessed(r.weight);
    return r;
  }
  r.stale = json.Int() != 0;
  base::Take(json, r.assessment);
  r.explanation = json.String();
  while (json.More()) json.Skip();
  return r;
}

void PutPlan(Json& json, const ConversionPlan& plan) {
  Put(json, "name", plan.display_name);
  PutMoney(json, "amount", plan.amount);
  if (plan.expected_close_date) json["close"] = DayJson(*plan.expected_close_date);
  Put(json, "owner", plan.owner);
  Put(json, "pipeline", plan.pipeline);
  Put(json, "override", plan.override_reason);
}

}  // namespace

// Not in the unnamed namespace, where the reader's templates would not find them.
template <class E>
requires std::is_enum_v<E>
static void Take(base::JsonReader& json, E& value) {
  value = ParseName<E>(json.RawString()).value_or(E{});
}

static void Take(base::JsonReader& json, Assessment& a) {
  TakeObject(
      json, base::JsonMember("id", a.id), base::JsonMember("criterion", a.criterion),
      base::JsonMember("finding", a.finding), base::JsonMember("observation", a.observation),
      base::JsonMember("source", a.source), base::JsonMember("assessor", a.assessor),
      base::JsonMember("observed", a.observe_time), base::JsonMember("recorded", a.record_time),
      base::JsonMember("purchase", a.expected_purchase_date), base::JsonMember("budget", a.budget),
      base::JsonMember("budget_status", a.budget_status));
}

std::string InterestsJson(const std::vector<std::string>& interests) {
  return interests.empty() ? "[]" : Json(interests).dump();
}

std::vector<std::string> InterestsFrom(absl::string_view json) {
  std::vector<std::string> interests;
  if (json == "[]") return interests;
  base::JsonReader reader(json);
  Take(reader, interests);
  return interests;
}

std::string AssessmentsJson(const std::vector<Assessment>& assessments) {
  Json json = Json::array();
  for (const Assessment& assessment : assessments) json.push_back(Encode(assessment));
  return json.dump();
}

std::vector<Assessment> AssessmentsFrom(absl::string_view json) {
  std::vector<Assessment> assessments;
  if (json == "[]") return assessments;
  base::JsonReader reader(json);
  Take(reader, assessments);
  return assessments;
}

std::optional<std::string> VerdictJson(const std::optional<Verdict>& verdict) {
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

Verdict VerdictFrom(absl::string_view text) {
  base::JsonReader json(text);
  json.Enter();
  Verdict verdict;
  verdict.outcome = static_cast<VerdictOutcome>(json.Int());
  verdict.score = static_cast<int>(json.Int());
  verdict.policy_revision = json.Int();
  base::Take(json, verdict.evaluate_time);
  verdict.threshold = static_cast<int>(json.Int());
  verdict.results.reserve(std::size(kCriteria));
  while (json.More()) verdict.results.push_back(DecodeResult(json));
  return verdict;
}

std::optional<std::string> ConversionJson(const std::optional<Conversion>& conversion) {
  if (!conversion.has_value()) return std::nullopt;
  Json json = {{"request", conversion->request_id.ToString()},
               {"hash", absl::BytesToHexString(conversion->request_hash)},
               {"time", absl::ToUnixMicros(conversion->effective_time)}};
  Put(json, "actor", conversion->actor);
  Put(json, "trace", conversion->traceparent);
  PutPlan(json, conversion->plan);
  return json.dump();
}

Conversion ConversionFrom(absl::string_view text, absl::string_view tenant) {
  base::JsonReader json(text);
  Conversion conversion;
  ConversionPlan& plan = conversion.plan;
  std::string hash;
  TakeObject(json, base::JsonMember("request", conversion.request_id),
             base::JsonMember("hash", hash), base::JsonMember("time", conversion.effective_time),
             base::JsonMember("actor", conversion.actor),
             base::JsonMember("trace", conversion.traceparent),
             base::JsonMember("name", plan.display_name), base::JsonMember("amount", plan.amount),
             base::JsonMember("close", plan.expected_close_date),
             base::JsonMember("owner", plan.owner), base::JsonMember("pipeline", plan.pipeline),
             base::JsonMember("override", plan.override_reason));
  conversion.id = ConversionIdOf(tenant, conversion.request_id);
  conversion.opportunity = OpportunityIdOf(conversion.id);
  conversion.request_hash = absl::HexStringToBytes(hash);
  return conversion;
}

}  // namespace crm::lead

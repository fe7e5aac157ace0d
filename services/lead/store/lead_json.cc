#include "services/lead/store/lead_json.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/aggregate/stored_json.h"

namespace crm::lead {
namespace {

using aggregate::JsonInt;
using aggregate::JsonMember;
using Json = nlohmann::json;

std::string Text(const Json& json, const char* key) {
  const Json* const at = JsonMember(json, key);
  return at == nullptr ? std::string() : at->get<std::string>();
}

base::Uuid UuidIn(const Json& json, const char* key) {
  return base::Uuid::Parse(json.at(key).get_ref<const std::string&>()).value();
}

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

// Absent keys stand for empty values: most of them are, and the row stays short.
void Put(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

Json DayJson(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::optional<absl::CivilDay> DayIn(const Json& json, const char* key) {
  const Json* at = JsonMember(json, key);
  if (at == nullptr) return std::nullopt;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(at->get_ref<const std::string&>(), &day)) {
    throw std::invalid_argument("no day");
  }
  return day;
}

void PutMoney(Json& json, const char* key, const std::optional<base::Money>& money) {
  if (money.has_value()) json[key] = Json::array({money->currency, money->minor});
}

std::optional<base::Money> MoneyIn(const Json& json, const char* key) {
  const Json* at = JsonMember(json, key);
  if (at == nullptr) return std::nullopt;
  return base::Money{at->at(0).get<std::string>(), JsonInt(at->at(1))};
}

Json Encode(const Assessment& a) {
  Json json = {{"id", a.id.ToString()},
               {"criterion", NameOf(kCriterionNames, a.criterion)},
               {"finding", NameOf(kFindingNames, a.finding)},
               {"source", NameOf(kEvidenceSourceNames, a.source)},
               {"observed", absl::ToUnixMicros(a.observe_time)},
               {"recorded", absl::ToUnixMicros(a.record_time)}};
  Put(json, "observation", a.observation);
  Put(json, "assessor", a.assessor);
  if (a.expected_purchase_date) json["purchase"] = DayJson(*a.expected_purchase_date);
  PutMoney(json, "budget", a.budget);
  if (a.budget_status != BudgetStatus::kUnspecified) {
    json["budget_status"] = NameOf(kBudgetStatusNames, a.budget_status);
  }
  return json;
}

Assessment DecodeAssessment(const Json& json) {
  Assessment a;
  a.id = UuidIn(json, "id");
  a.criterion = EnumIn(json, "criterion", kCriterionNames);
  a.finding = EnumIn(json, "finding", kFindingNames);
  a.observation = Text(json, "observation");
  a.source = EnumIn(json, "source", kEvidenceSourceNames);
  a.assessor = Text(json, "assessor");
  a.observe_time = TimeIn(json, "observed");
  a.record_time = TimeIn(json, "recorded");
  a.expected_purchase_date = DayIn(json, "purchase");
  a.budget = MoneyIn(json, "budget");
  if (json.contains("budget_status")) {
    a.budget_status = EnumIn(json, "budget_status", kBudgetStatusNames);
  }
  return a;
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
  r.assessment = base::Uuid::Parse(json.at(6).get_ref<const std::string&>()).value();
  r.explanation = json.at(7).get<std::string>();
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

ConversionPlan DecodePlan(const Json& json) {
  return {Text(json, "name"),  MoneyIn(json, "amount"), DayIn(json, "close"),
          Text(json, "owner"), Text(json, "pipeline"),  Text(json, "override")};
}

}  // namespace

std::string InterestsToJson(const std::vector<std::string>& interests) {
  return interests.empty() ? "[]" : Json(interests).dump();
}

std::optional<std::vector<std::string>> InterestsFromJson(absl::string_view text) {
  if (text == "[]") return std::vector<std::string>();
  return aggregate::ReadJson(text,
                             [](const Json& json) { return json.get<std::vector<std::string>>(); });
}

std::string AssessmentsToJson(const std::vector<Assessment>& assessments) {
  Json json = Json::array();
  for (const Assessment& assessment : assessments) json.push_back(Encode(assessment));
  return json.dump();
}

std::optional<std::vector<Assessment>> AssessmentsFromJson(absl::string_view text) {
  if (text == "[]") return std::vector<Assessment>();
  return aggregate::ReadJson(text, [](const Json& json) {
    std::vector<Assessment> assessments;
    for (const Json& item : json.get_ref<const Json::array_t&>()) {
      assessments.push_back(DecodeAssessment(item));
    }
    return assessments;
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
  return json.dump();
}

std::optional<Conversion> ConversionFromJson(absl::string_view text, absl::string_view tenant) {
  return aggregate::ReadJson(text, [&](const Json& json) {
    Conversion conversion;
    conversion.request_id = UuidIn(json, "request");
    conversion.id = ConversionIdOf(tenant, conversion.request_id);
    conversion.opportunity = OpportunityIdOf(conversion.id);
    conversion.request_hash = absl::HexStringToBytes(Text(json, "hash"));
    conversion.plan = DecodePlan(json);
    conversion.effective_time = TimeIn(json, "time");
    conversion.actor = Text(json, "actor");
    conversion.traceparent = Text(json, "trace");
    return conversion;
  });
}

}  // namespace crm::lead

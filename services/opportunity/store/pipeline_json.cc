#include "services/opportunity/store/pipeline_json.h"

#include <algorithm>

namespace crm::opportunity {
namespace {

using aggregate::Json;
using aggregate::JsonInt;
using aggregate::JsonMember;
using aggregate::Put;
using aggregate::Take;

template <class E, size_t kRows>
void PutName(Json& json, const char* key, const base::EnumName<E> (&table)[kRows], E value) {
  json[key] = std::string(base::NameOf(table, value));
}

// Throws on an unknown name.
template <class E, size_t kRows>
E NameAt(const Json& json, const char* key, const base::EnumName<E> (&table)[kRows]) {
  return base::ValueOf(table, json.at(key).get_ref<const std::string&>()).value();
}

Json ToJson(const Gate& gate) {
  Json json = Json::object();
  PutName(json, "kind", kGateKindNames, gate.kind);
  Put(json, "field", gate.field);
  Put(json, "attribute", gate.attribute);
  Put(json, "minimumAmount", gate.minimum_amount);
  if (gate.days != 0) json["days"] = gate.days;
  if (gate.role != BuyingRole::kUnknown) PutName(json, "role", kBuyingRoleNames, gate.role);
  return json;
}

void FromJson(const Json& json, Gate& gate) {
  gate.kind = NameAt(json, "kind", kGateKindNames);
  Take(json, "field", gate.field);
  Take(json, "attribute", gate.attribute);
  Take(json, "minimumAmount", gate.minimum_amount);
  if (const Json* const days = JsonMember(json, "days")) gate.days = JsonInt<int>(*days);
  if (JsonMember(json, "role") != nullptr) gate.role = NameAt(json, "role", kBuyingRoleNames);
}

template <class T>
void PutList(Json& json, const char* key, const std::vector<T>& values) {
  if (values.empty()) return;
  Json& list = json[key] = Json::array();
  for (const T& value : values) list.push_back(ToJson(value));
}

template <class T>
void TakeList(const Json& json, const char* key, std::vector<T>& values) {
  const Json* const at = JsonMember(json, key);
  if (at == nullptr) return;
  for (const Json& item : at->get_ref<const Json::array_t&>()) {
    FromJson(item, values.emplace_back());
  }
}

ptrdiff_t CountOf(const Pipeline& pipeline, StageType type) {
  return std::count_if(pipeline.stages.begin(), pipeline.stages.end(),
                       [type](const Stage& stage) { return stage.type == type; });
}

}  // namespace

Json ToJson(const Stage& stage) {
  Json json = Json::object();
  Put(json, "key", stage.key);
  Put(json, "displayName", stage.display_name);
  PutName(json, "type", kStageTypeNames, stage.type);
  json["probability"] = stage.probability;
  PutName(json, "category", kForecastCategoryNames, stage.category);
  PutList(json, "gates", stage.gates);
  if (!stage.next_stages.empty()) json["nextStages"] = stage.next_stages;
  Put(json, "stageKey", stage.stage_key);
  return json;
}

void FromJson(const Json& json, Stage& stage) {
  Take(json, "key", stage.key);
  Take(json, "displayName", stage.display_name);
  stage.type = NameAt(json, "type", kStageTypeNames);
  stage.probability = JsonInt<int>(json.at("probability"));
  stage.category = NameAt(json, "category", kForecastCategoryNames);
  TakeList(json, "gates", stage.gates);
  if (const Json* const next = JsonMember(json, "nextStages")) {
    stage.next_stages = next->get<std::vector<std::string>>();
  }
  Take(json, "stageKey", stage.stage_key);
}

Json ToJson(const RetiredStage& retired) {
  Json json = Json::object();
  json["stage"] = ToJson(retired.stage);
  Put(json, "successor", retired.successor);
  json["retireTime"] = absl::ToUnixMicros(retired.retire_time);
  Put(json, "actor", retired.actor);
  return json;
}

void FromJson(const Json& json, RetiredStage& retired) {
  FromJson(json.at("stage"), retired.stage);
  Take(json, "successor", retired.successor);
  retired.retire_time = absl::FromUnixMicros(JsonInt(json.at("retireTime")));
  Take(json, "actor", retired.actor);
}

std::string DefinitionToJson(const Pipeline& pipeline) {
  Json json = Json::object();
  Put(json, "displayName", pipeline.display_name);
  Put(json, "description", pipeline.description);
  PutList(json, "stages", pipeline.stages);
  PutList(json, "retired", pipeline.retired);
  return aggregate::JsonText(json);
}

bool DefinitionFromJson(absl::string_view text, Pipeline& pipeline) {
  return aggregate::ReadJson(text,
                             [&](const Json& json) {
                               Take(json, "displayName", pipeline.display_name);
                               Take(json, "description", pipeline.description);
                               TakeList(json, "stages", pipeline.stages);
                               TakeList(json, "retired", pipeline.retired);
                               for (size_t i = 0; i < pipeline.stages.size(); ++i) {
                                 pipeline.stages[i].position = static_cast<int>(i) + 1;
                               }
                               // Rules take these for granted.
                               return pipeline.stages.at(0).type == StageType::kOpen &&
                                      CountOf(pipeline, StageType::kWon) == 1 &&
                                      CountOf(pipeline, StageType::kLost) == 1;
                             })
      .value_or(false);
}

}  // namespace crm::opportunity

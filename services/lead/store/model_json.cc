#include "services/lead/store/model_json.h"

#include <utility>

#include "common/aggregate/stored_json.h"

namespace crm::lead {
namespace {

using aggregate::Json;
using aggregate::JsonInt;

ValueCount CountFrom(const Json& json) {
  ValueCount count{json.at(0).get<std::string>(), JsonInt(json.at(1)), JsonInt(json.at(2))};
  if (count.converted < 0 || count.other < 0) throw std::out_of_range("fewer than none");
  return count;
}

}  // namespace

std::string FactorsToJson(const std::vector<FactorCounts>& factors) {
  Json list = Json::array();
  for (const FactorCounts& factor : factors) {
    Json values = Json::array();
    for (const ValueCount& each : factor.values) {
      values.push_back(Json::array({each.value, each.converted, each.other}));
    }
    list.push_back(
        Json::array({std::string(NameOf(kFactorNames, factor.factor)), std::move(values)}));
  }
  return aggregate::JsonText(list);
}

std::optional<std::vector<FactorCounts>> FactorsFromJson(absl::string_view text) {
  return aggregate::ReadJsonList<FactorCounts>(text, [](const Json& json) {
    FactorCounts factor;
    factor.factor = base::ValueOf(kFactorNames, json.at(0).get<std::string>()).value();
    for (const Json& value : json.at(1).get_ref<const Json::array_t&>()) {
      factor.values.push_back(CountFrom(value));
    }
    return factor;
  });
}

}  // namespace crm::lead

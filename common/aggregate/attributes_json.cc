#include "common/aggregate/attributes_json.h"

#include "common/aggregate/stored_json.h"

namespace crm::aggregate {

std::string AttributesToJson(const std::map<std::string, std::string>& attributes) {
  return JsonText(attributes.empty() ? Json::object() : Json(attributes));
}

std::optional<std::map<std::string, std::string>> AttributesFromJson(absl::string_view text) {
  using Attributes = std::map<std::string, std::string>;
  if (text == "{}") return Attributes();
  return ReadJson(text, [](const Json& json) { return json.get<Attributes>(); });
}

}  // namespace crm::aggregate

#include "services/contact/store/contact_json.h"

#include "common/aggregate/stored_json.h"

namespace crm::contact {

using aggregate::Json;
using aggregate::JsonText;
using aggregate::ReadJsonList;

std::string EmailsToJson(const std::vector<Email>& emails) {
  Json json = Json::array();
  for (const Email& email : emails) {
    json.push_back({{"address", email.address},
                    {"normalized", email.normalized},
                    {"label", email.label},
                    {"primary", email.primary}});
  }
  return JsonText(json);
}

std::optional<std::vector<Email>> EmailsFromJson(absl::string_view json) {
  return ReadJsonList<Email>(json, [](const Json& object) {
    return Email{object.at("address"), object.at("normalized"), object.at("label"),
                 object.at("primary")};
  });
}

std::string PhonesToJson(const std::vector<Phone>& phones) {
  Json json = Json::array();
  for (const Phone& phone : phones) {
    json.push_back({{"number", phone.number}, {"e164", phone.e164}, {"label", phone.label}});
  }
  return JsonText(json);
}

std::optional<std::vector<Phone>> PhonesFromJson(absl::string_view json) {
  return ReadJsonList<Phone>(json, [](const Json& object) {
    return Phone{object.at("number"), object.at("e164"), object.at("label")};
  });
}

std::string SumsToJson(const std::map<std::string, int64_t>& sums) { return JsonText(Json(sums)); }

std::optional<std::map<std::string, int64_t>> SumsFromJson(absl::string_view json) {
  return aggregate::ReadJson(json, [](const Json& object) {
    std::map<std::string, int64_t> sums;
    for (const auto& [currency, sum] : object.get_ref<const Json::object_t&>()) {
      sums[currency] = aggregate::JsonInt(sum);
    }
    return sums;
  });
}

}  // namespace crm::contact

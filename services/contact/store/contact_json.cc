#include "services/contact/store/contact_json.h"

#include "common/aggregate/stored_json.h"

namespace crm::contact {
namespace {

using Json = nlohmann::json;

constexpr absl::string_view kEmptyList = "[]";

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <class T, class Make>
std::optional<std::vector<T>> ReadList(absl::string_view text, const Make& make) {
  if (text == kEmptyList) return std::vector<T>();
  return aggregate::ReadJson(text, [&](const Json& json) {
    std::vector<T> list;
    for (const Json& object : json.get_ref<const Json::array_t&>()) list.push_back(make(object));
    return list;
  });
}

}  // namespace

std::string EmailsToJson(const std::vector<Email>& emails) {
  if (emails.empty()) return std::string(kEmptyList);
  Json json = Json::array();
  for (const Email& email : emails) {
    json.push_back({{"address", email.address},
                    {"normalized", email.normalized},
                    {"label", email.label},
                    {"primary", email.primary}});
  }
  return Dump(json);
}

std::optional<std::vector<Email>> EmailsFromJson(absl::string_view json) {
  return ReadList<Email>(json, [](const Json& object) {
    return Email{object.at("address"), object.at("normalized"), object.at("label"),
                 object.at("primary")};
  });
}

std::string PhonesToJson(const std::vector<Phone>& phones) {
  if (phones.empty()) return std::string(kEmptyList);
  Json json = Json::array();
  for (const Phone& phone : phones) {
    json.push_back({{"number", phone.number}, {"e164", phone.e164}, {"label", phone.label}});
  }
  return Dump(json);
}

std::optional<std::vector<Phone>> PhonesFromJson(absl::string_view json) {
  return ReadList<Phone>(json, [](const Json& object) {
    return Phone{object.at("number"), object.at("e164"), object.at("label")};
  });
}

std::string SumsToJson(const std::map<std::string, int64_t>& sums) { return Dump(Json(sums)); }

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

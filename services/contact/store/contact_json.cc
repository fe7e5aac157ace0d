#include "services/contact/store/contact_json.h"

#include <nlohmann/json.hpp>

namespace crm::contact {
namespace {

using Json = nlohmann::json;

constexpr absl::string_view kEmptyList = "[]";

// PostgreSQL has checked the text; a foreign shape must still not throw.
Json Parse(absl::string_view text) {
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

std::string TextOf(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool FlagOf(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <class T, class Make>
std::vector<T> ReadList(absl::string_view text, const Make& make) {
  std::vector<T> list;
  if (text == kEmptyList) return list;
  const Json json = Parse(text);
  if (!json.is_array()) return list;
  for (const Json& object : json) {
    if (object.is_object()) list.push_back(make(object));
  }
  return list;
}

}  // namespace

std::string EmailsJson(const std::vector<Email>& emails) {
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

std::vector<Email> ReadEmails(absl::string_view json) {
  return ReadList<Email>(json, [](const Json& object) {
    return Email{TextOf(object, "address"), TextOf(object, "normalized"), TextOf(object, "label"),
                 FlagOf(object, "primary")};
  });
}

std::string PhonesJson(const std::vector<Phone>& phones) {
  if (phones.empty()) return std::string(kEmptyList);
  Json json = Json::array();
  for (const Phone& phone : phones) {
    json.push_back({{"number", phone.number}, {"e164", phone.e164}, {"label", phone.label}});
  }
  return Dump(json);
}

std::vector<Phone> ReadPhones(absl::string_view json) {
  return ReadList<Phone>(json, [](const Json& object) {
    return Phone{TextOf(object, "number"), TextOf(object, "e164"), TextOf(object, "label")};
  });
}

std::string SumsJson(const std::map<std::string, int64_t>& sums) { return Dump(Json(sums)); }

std::map<std::string, int64_t> ReadSums(absl::string_view json) {
  std::map<std::string, int64_t> sums;
  const Json object = Parse(json);
  if (!object.is_object()) return sums;
  for (const auto& [currency, sum] : object.items()) {
    if (sum.is_number_integer()) sums[currency] = sum.get<int64_t>();
  }
  return sums;
}

}  // namespace crm::contact

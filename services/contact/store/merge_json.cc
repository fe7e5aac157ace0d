#include "services/contact/store/merge_json.h"

#include <utility>
#include <vector>

#include "common/aggregate/stored_json.h"
#include "services/contact/store/contact_json.h"

namespace crm::contact {
namespace {

using aggregate::Json;

Json ValueToJson(const FieldValue& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return *text;
  if (const auto* const number = std::get_if<int64_t>(&value)) return *number;
  if (const auto* const id = std::get_if<base::Uuid>(&value)) return {{"id", id->ToString()}};
  if (const auto* const money = std::get_if<base::Money>(&value)) {
    return Json::array({money->currency, money->minor});
  }
  return nullptr;
}

FieldValue ValueFromJson(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) return aggregate::JsonMoney(json);
  if (json.is_object()) return aggregate::JsonUuid(json.at("id"));
  return aggregate::JsonInt(json);
}

template <class T>
Json ListToJson(const std::vector<T>& list) {
  Json json = Json::array();
  for (const T& one : list) json.push_back(ToJson(one));
  return json;
}

template <class T>
std::vector<T> ListFromJson(const Json& json) {
  std::vector<T> list;
  for (const Json& one : json.get_ref<const Json::array_t&>()) FromJson(one, list.emplace_back());
  return list;
}

}  // namespace

std::string TakenToJson(const Taken& taken) {
  Json fields = Json::array();
  for (const TakenField& field : taken.fields) {
    fields.push_back(
        Json::array({field.path, ValueToJson(field.before), ValueToJson(field.after)}));
  }
  Json members = Json::array();
  for (const base::Uuid& member : taken.account_members) members.push_back(member.ToString());
  Json json = {{"fields", std::move(fields)},
               {"emails", ListToJson(taken.emails)},
               {"phones", ListToJson(taken.phones)},
               {"employments", ListToJson(taken.employments)},
               {"account_members", std::move(members)}};
  aggregate::Put(json, "account_status", taken.account_status);
  return aggregate::JsonText(json);
}

std::optional<Taken> TakenFromJson(absl::string_view text) {
  return aggregate::ReadJson(text, [](const Json& json) {
    Taken taken;
    for (const Json& field : json.at("fields").get_ref<const Json::array_t&>()) {
      taken.fields.push_back(
          {field.at(0).get<std::string>(), ValueFromJson(field.at(1)), ValueFromJson(field.at(2))});
    }
    taken.emails = ListFromJson<Email>(json.at("emails"));
    taken.phones = ListFromJson<Phone>(json.at("phones"));
    taken.employments = ListFromJson<Employment>(json.at("employments"));
    for (const Json& member : json.at("account_members").get_ref<const Json::array_t&>()) {
      taken.account_members.push_back(aggregate::JsonUuid(member));
    }
    aggregate::Take(json, "account_status", taken.account_status);
    return taken;
  });
}

}  // namespace crm::contact

#include "common/aggregate/stored_json.h"

namespace crm::aggregate {
namespace {

// What `read` makes of the member, if there is one.
template <class T, class Read>
void TakeBy(const Json& json, const char* key, T& value, const Read& read) {
  if (const Json* const at = JsonMember(json, key)) value = read(*at);
}

}  // namespace

std::string JsonText(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

base::Uuid JsonUuid(const Json& json) {
  return base::Uuid::Parse(json.get_ref<const std::string&>()).value();
}
absl::CivilDay JsonDay(const Json& json) {
  absl::CivilDay day;
  if (absl::ParseCivilTime(json.get_ref<const std::string&>(), &day)) return day;
  throw std::invalid_argument("no day");
}
absl::Time JsonTime(const Json& json) { return absl::FromUnixMicros(JsonInt(json)); }
base::Money JsonMoney(const Json& json) {
  return {json.at(0).get<std::string>(), JsonInt(json.at(1))};
}

void Put(Json& json, const char* key, const std::string& value) {
  if (!value.empty()) json[key] = value;
}
void Put(Json& json, const char* key, const std::optional<int>& value) {
  if (value) json[key] = *value;
}
void Put(Json& json, const char* key, const std::optional<absl::Time>& value) {
  if (value) json[key] = absl::ToUnixMicros(*value);
}
void Put(Json& json, const char* key, const std::optional<absl::CivilDay>& value) {
  if (value) json[key] = absl::FormatCivilTime(*value);
}
void Put(Json& json, const char* key, const std::optional<base::Money>& value) {
  if (value) json[key] = Json::array({value->currency, value->minor});
}

void Take(const Json& json, const char* key, std::string& value) {
  TakeBy(json, key, value, [](const Json& at) { return at.get<std::string>(); });
}
void Take(const Json& json, const char* key, std::optional<int>& value) {
  TakeBy(json, key, value, JsonInt<int>);
}
void Take(const Json& json, const char* key, std::optional<absl::Time>& value) {
  TakeBy(json, key, value, JsonTime);
}
void Take(const Json& json, const char* key, std::optional<absl::CivilDay>& value) {
  TakeBy(json, key, value, JsonDay);
}
void Take(const Json& json, const char* key, std::optional<base::Money>& value) {
  TakeBy(json, key, value, JsonMoney);
}

}  // namespace crm::aggregate

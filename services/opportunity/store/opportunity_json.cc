#include "services/opportunity/store/opportunity_json.h"

#include <nlohmann/json.hpp>

namespace crm::opportunity {
namespace {

using Json = nlohmann::json;

// Writes a member unless it has the value that stands for absence.
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
template <class E>
requires std::is_enum_v<E>
void Put(Json& json, const char* key, E value) {
  if (static_cast<int>(value) != 0) json[key] = static_cast<int>(value);
}

void Take(const Json& json, const char* key, std::string& value) {
  if (const auto at = json.find(key); at != json.end()) value = at->get<std::string>();
}
void Take(const Json& json, const char* key, std::optional<int>& value) {
  if (const auto at = json.find(key); at != json.end()) value = at->get<int>();
}
void Take(const Json& json, const char* key, std::optional<absl::Time>& value) {
  if (const auto at = json.find(key); at != json.end()) {
    value = absl::FromUnixMicros(at->get<int64_t>());
  }
}
void Take(const Json& json, const char* key, std::optional<absl::CivilDay>& value) {
  const auto at = json.find(key);
  if (at == json.end()) return;
  absl::CivilDay day;
  if (absl::ParseCivilTime(at->get_ref<const std::string&>(), &day)) value = day;
}
template <class E>
requires std::is_enum_v<E>
void Take(const Json& json, const char* key, E& value) {
  if (const auto at = json.find(key); at != json.end()) value = static_cast<E>(at->get<int>());
}

Json ToJson(const Need& need) {
  Json json = Json::object();
  Put(json, "text", need.text);
  Put(json, "strength", need.strength);
  Put(json, "confirmTime", need.confirm_time);
  Put(json, "confirmedBy", need.confirmed_by);
  return json;
}

Json ToJson(const PresentSupplier& supplier) {
  Json json = Json::object();
  Put(json, "status", supplier.status);
  Put(json, "displayName", supplier.display_name);
  Put(json, "releaseDate", supplier.release_date);
  return json;
}

Json ToJson(const PaymentTerms& terms) {
  Json json = Json::object();
  Put(json, "status", terms.status);
  Put(json, "netDays", terms.net_days);
  Put(json, "instalments", terms.instalments);
  Put(json, "text", terms.text);
  return json;
}

Json ToJson(const Contract& contract) {
  Json json = Json::object();
  Put(json, "status", contract.status);
  Put(json, "sendTime", contract.send_time);
  Put(json, "signTime", contract.sign_time);
  return json;
}

Json ToJson(const ContactRole& role) {
  Json json = Json::object();
  Put(json, "contact", role.contact.ToString());
  Put(json, "role", role.role);
  if (role.primary) json["primary"] = true;
  return json;
}

void FromJson(const Json& json, Need& need) {
  Take(json, "text", need.text);
  Take(json, "strength", need.strength);
  Take(json, "confirmTime", need.confirm_time);
  Take(json, "confirmedBy", need.confirmed_by);
}

void FromJson(const Json& json, PresentSupplier& supplier) {
  Take(json, "status", supplier.status);
  Take(json, "displayName", supplier.display_name);
  Take(json, "releaseDate", supplier.release_date);
}

void FromJson(const Json& json, PaymentTerms& terms) {
  Take(json, "status", terms.status);
  Take(json, "netDays", terms.net_days);
  Take(json, "instalments", terms.instalments);
  Take(json, "text", terms.text);
}

void FromJson(const Json& json, Contract& contract) {
  Take(json, "status", contract.status);
  Take(json, "sendTime", contract.send_time);
  Take(json, "signTime", contract.sign_time);
}

void FromJson(const Json& json, ContactRole& role) {
  role.contact = base::Uuid::Parse(json.at("contact").get_ref<const std::string&>()).value();
  Take(json, "role", role.role);
  role.primary = json.contains("primary");
}

template <class T>
void PutList(Json& json, const char* key, const std::vector<T>& values) {
  if (values.empty()) return;
  Json& list = json[key] = Json::array();
  for (const T& value : values) list.push_back(ToJson(value));
}

template <class T>
void TakeList(const Json& json, const char* key, std::vector<T>& values) {
  const auto at = json.find(key);
  if (at == json.end()) return;
  values.resize(at->size());
  for (size_t i = 0; i < values.size(); ++i) FromJson((*at)[i], values[i]);
}

template <class T>
void PutPart(Json& json, const char* key, const T& value) {
  if (!(value == T())) json[key] = ToJson(value);
}

template <class T>
void TakePart(const Json& json, const char* key, T& value) {
  if (const auto at = json.find(key); at != json.end()) FromJson(*at, value);
}

}  // namespace

std::string DetailsToJson(const Opportunity& opportunity) {
  Json json = Json::object();
  PutList(json, "needs", opportunity.needs);
  PutPart(json, "presentSupplier", opportunity.present_supplier);
  PutPart(json, "paymentTerms", opportunity.payment_terms);
  PutPart(json, "contract", opportunity.contract);
  PutList(json, "contactRoles", opportunity.contact_roles);
  if (!opportunity.interests.empty()) json["interests"] = opportunity.interests;
  return json.dump();
}

void DetailsFromJson(absl::string_view text, Opportunity& opportunity) {
  if (text == "{}") return;
  const Json json = Json::parse(text.begin(), text.end());
  TakeList(json, "needs", opportunity.needs);
  TakePart(json, "presentSupplier", opportunity.present_supplier);
  TakePart(json, "paymentTerms", opportunity.payment_terms);
  TakePart(json, "contract", opportunity.contract);
  TakeList(json, "contactRoles", opportunity.contact_roles);
  if (const auto at = json.find("interests"); at != json.end()) at->get_to(opportunity.interests);
}

}  // namespace crm::opportunity

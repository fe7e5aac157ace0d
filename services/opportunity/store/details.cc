#include "services/opportunity/store/details.h"

#include <nlohmann/json.hpp>

#include "common/base/json_reader.h"

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

template <class T>
void PutList(Json& json, const char* key, const std::vector<T>& values) {
  if (values.empty()) return;
  Json& list = json[key] = Json::array();
  for (const T& value : values) list.push_back(ToJson(value));
}

template <class T>
void PutPart(Json& json, const char* key, const T& value) {
  if (!(value == T())) json[key] = ToJson(value);
}

}  // namespace

// Not in the unnamed namespace, where the reader's templates would not find them.
template <class E>
requires std::is_enum_v<E>
static void Take(base::JsonReader& json, E& value) { value = static_cast<E>(json.Int()); }

static void Take(base::JsonReader& json, Need& need) {
  TakeObject(json, base::JsonMember("text", need.text), base::JsonMember("strength", need.strength),
             base::JsonMember("confirmTime", need.confirm_time),
             base::JsonMember("confirmedBy", need.confirmed_by));
}

static void Take(base::JsonReader& json, PresentSupplier& supplier) {
  TakeObject(json, base::JsonMember("status", supplier.status),
             base::JsonMember("displayName", supplier.display_name),
             base::JsonMember("releaseDate", supplier.release_date));
}

static void Take(base::JsonReader& json, PaymentTerms& terms) {
  TakeObject(
      json, base::JsonMember("status", terms.status), base::JsonMember("netDays", terms.net_days),
      base::JsonMember("instalments", terms.instalments), base::JsonMember("text", terms.text));
}

static void Take(base::JsonReader& json, Contract& contract) {
  TakeObject(json, base::JsonMember("status", contract.status),
             base::JsonMember("sendTime", contract.send_time),
             base::JsonMember("signTime", contract.sign_time));
}

static void Take(base::JsonReader& json, ContactRole& role) {
  TakeObject(json, base::JsonMember("contact", role.contact), base::JsonMember("role", role.role),
             base::JsonMember("primary", role.primary));
}

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
  base::JsonReader json(text);
  TakeObject(json, base::JsonMember("needs", opportunity.needs),
             base::JsonMember("presentSupplier", opportunity.present_supplier),
             base::JsonMember("paymentTerms", opportunity.payment_terms),
             base::JsonMember("contract", opportunity.contract),
             base::JsonMember("contactRoles", opportunity.contact_roles),
             base::JsonMember("interests", opportunity.interests));
}

}  // namespace crm::opportunity

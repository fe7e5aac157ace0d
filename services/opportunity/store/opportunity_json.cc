#include "services/opportunity/store/opportunity_json.h"

#include <map>

#include "common/aggregate/stored_json.h"

namespace crm::opportunity {
namespace {

using aggregate::Json;
using aggregate::JsonMember;
using aggregate::Put;
using aggregate::Take;

// The last value of each enum that is stored by its number.
constexpr NeedStrength LastOf(NeedStrength) { return NeedStrength::kStrong; }
constexpr SupplierStatus LastOf(SupplierStatus) { return SupplierStatus::kReleased; }
constexpr PaymentTermsStatus LastOf(PaymentTermsStatus) { return PaymentTermsStatus::kAgreed; }
constexpr ContractStatus LastOf(ContractStatus) { return ContractStatus::kSigned; }
constexpr BuyingRole LastOf(BuyingRole) { return BuyingRole::kBlocker; }
constexpr CompetitorStatus LastOf(CompetitorStatus) { return CompetitorStatus::kChosen; }

template <class E>
requires std::is_enum_v<E>
void Put(Json& json, const char* key, E value) {
  if (static_cast<int>(value) != 0) json[key] = static_cast<int>(value);
}

template <class E>
requires std::is_enum_v<E>
void Take(const Json& json, const char* key, E& value) {
  const Json* at = JsonMember(json, key);
  if (at == nullptr) return;
  const int number = aggregate::JsonInt<int>(*at);
  if (number < 0 || number > static_cast<int>(LastOf(value))) {
    throw std::out_of_range("unknown value");
  }
  value = static_cast<E>(number);
}

// A number of a line item; throws if it is outside the range that AmountOf can count with.
template <class Int>
Int Within(Int number, Int least, Int most) {
  if (number < least || number > most) throw std::out_of_range("no line item has this");
  return number;
}

}  // namespace

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
  role.contact = aggregate::JsonUuid(json.at("contact"));
  Take(json, "role", role.role);
  if (const Json* at = JsonMember(json, "primary")) role.primary = at->get<bool>();
}

Json ToJson(const LineItem& item) {
  Json json = {{"product", item.product}, {"quantity", item.quantity}};
  Put(json, "unitPrice", std::optional(item.unit_price));
  if (item.discount != 0) json["discount"] = item.discount;
  return json;
}

Json ToJson(const Competitor& competitor) {
  Json json = Json::object();
  Put(json, "displayName", competitor.display_name);
  Put(json, "status", competitor.status);
  Put(json, "note", competitor.note);
  return json;
}

Json ToJson(const NextStep& step) {
  Json json = Json::object();
  Put(json, "text", step.text);
  Put(json, "dueDate", step.due_date);
  return json;
}

Json ToJson(const TeamMember& member) {
  Json json = Json::object();
  Put(json, "actor", member.actor);
  Put(json, "role", member.role);
  return json;
}

void FromJson(const Json& json, LineItem& item) {
  item.product = json.at("product").get<std::string>();
  item.quantity = Within<int64_t>(aggregate::JsonInt(json.at("quantity")), 1, kMostQuantity);
  std::optional<base::Money> price;
  Take(json, "unitPrice", price);
  item.unit_price = std::move(price).value();
  Within<int64_t>(item.unit_price.minor, 0, kMostAmount);
  if (const Json* at = JsonMember(json, "discount")) {
    item.discount = Within(aggregate::JsonInt<int>(*at), 0, kWholePrice);
  }
}

void FromJson(const Json& json, Competitor& competitor) {
  Take(json, "displayName", competitor.display_name);
  Take(json, "status", competitor.status);
  Take(json, "note", competitor.note);
}

void FromJson(const Json& json, NextStep& step) {
  Take(json, "text", step.text);
  Take(json, "dueDate", step.due_date);
}

void FromJson(const Json& json, TeamMember& member) {
  Take(json, "actor", member.actor);
  Take(json, "role", member.role);
}

namespace {

template <class T>
void PutList(Json& json, const char* key, const std::vector<T>& values) {
  if (values.empty()) return;
  Json& list = json[key] = Json::array();
  for (const T& value : values) list.push_back(ToJson(value));
}

template <class T>
void TakeList(const Json& json, const char* key, std::vector<T>& values) {
  const Json* at = JsonMember(json, key);
  if (at == nullptr) return;
  for (const Json& item : at->get_ref<const Json::array_t&>())
    FromJson(item, values.emplace_back());
}

template <class T>
void PutPart(Json& json, const char* key, const T& value) {
  if (!(value == T())) json[key] = ToJson(value);
}

template <class T>
void TakePart(const Json& json, const char* key, T& value) {
  if (const Json* at = JsonMember(json, key)) FromJson(*at, value);
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
  return aggregate::JsonText(json);
}

bool DetailsFromJson(absl::string_view text, Opportunity& opportunity) {
  if (text == "{}") return true;
  return aggregate::ReadJson(text,
                             [&](const Json& json) {
                               TakeList(json, "needs", opportunity.needs);
                               TakePart(json, "presentSupplier", opportunity.present_supplier);
                               TakePart(json, "paymentTerms", opportunity.payment_terms);
                               TakePart(json, "contract", opportunity.contract);
                               TakeList(json, "contactRoles", opportunity.contact_roles);
                               if (const Json* at = JsonMember(json, "interests")) {
                                 at->get_to(opportunity.interests);
                               }
                               return true;
                             })
      .has_value();
}

std::string WorkToJson(const Opportunity& opportunity) {
  Json json = Json::object();
  PutList(json, "lineItems", opportunity.line_items);
  PutList(json, "competitors", opportunity.competitors);
  PutList(json, "team", opportunity.team);
  return aggregate::JsonText(json);
}

bool WorkFromJson(absl::string_view text, Opportunity& opportunity) {
  if (text == "{}") return true;
  return aggregate::ReadJson(text,
                             [&](const Json& json) {
                               TakeList(json, "lineItems", opportunity.line_items);
                               TakeList(json, "competitors", opportunity.competitors);
                               TakeList(json, "team", opportunity.team);
                               return true;
                             })
      .has_value();
}

}  // namespace crm::opportunity

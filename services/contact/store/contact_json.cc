#include "services/contact/store/contact_json.h"

#include "common/aggregate/stored_json.h"

namespace crm::contact {

using aggregate::Json;
using aggregate::JsonText;
using aggregate::ReadJsonList;

void TakeFormerPerson(const Json& json, Contact& contact) {
  Person& person = contact.body.emplace<Person>();
  contact.employments.clear();
  if (json.is_null()) return;
  aggregate::Take(json, "given_name", person.given_name);
  aggregate::Take(json, "family_name", person.family_name);
  const Json* const at = aggregate::JsonMember(json, "organization");
  if (at == nullptr) return;
  Employment& employment = contact.employments.emplace_back();
  employment.organization = aggregate::JsonUuid(*at);
  employment.primary = true;
  aggregate::Take(json, "job_title", employment.job_title);
}

Json ToJson(const Organization& it) {
  Json json = Json::object();
  aggregate::Put(json, "domain", it.domain);
  aggregate::Put(json, "industry", it.industry);
  if (it.employee_count) json["employee_count"] = *it.employee_count;
  aggregate::Put(json, "annual_revenue", it.annual_revenue);
  if (it.parent) json["parent"] = it.parent->ToString();
  if (it.founded_year) json["founded_year"] = *it.founded_year;
  aggregate::Put(json, "location", it.location);
  return json;
}

void FromJson(const Json& json, Organization& it) {
  aggregate::Take(json, "domain", it.domain);
  aggregate::Take(json, "industry", it.industry);
  if (const Json* const at = aggregate::JsonMember(json, "employee_count")) {
    it.employee_count = aggregate::JsonInt(*at);
  }
  aggregate::Take(json, "annual_revenue", it.annual_revenue);
  if (const Json* const at = aggregate::JsonMember(json, "parent")) {
    it.parent = aggregate::JsonUuid(*at);
  }
  if (const Json* const at = aggregate::JsonMember(json, "founded_year")) {
    it.founded_year = aggregate::JsonInt(*at);
  }
  aggregate::Take(json, "location", it.location);
}

Json ToJson(const Email& email) {
  return {{"address", email.address},
          {"normalized", email.normalized},
          {"label", email.label},
          {"primary", email.primary}};
}

void FromJson(const Json& json, Email& email) {
  email = {json.at("address"), json.at("normalized"), json.at("label"), json.at("primary")};
}

Json ToJson(const Phone& phone) {
  Json json = {{"number", phone.number}, {"e164", phone.e164}, {"label", phone.label}};
  aggregate::Put(json, "region", phone.region);
  aggregate::Put(json, "extension", phone.extension);
  aggregate::Put(json, "parse_error", phone.parse_error);
  return json;
}

void FromJson(const Json& json, Phone& phone) {
  phone = {json.at("number"), json.at("e164"), json.at("label")};
  aggregate::Take(json, "region", phone.region);
  aggregate::Take(json, "extension", phone.extension);
  aggregate::Take(json, "parse_error", phone.parse_error);
}

// The organization comes as text, for which the index of contacts by it is asked.
Json ToJson(const Employment& employment) {
  Json json = {{"organization", employment.organization.ToString()}};
  aggregate::Put(json, "job_title", employment.job_title);
  aggregate::Put(json, "department", employment.department);
  aggregate::Put(json, "since", employment.since);
  aggregate::Put(json, "until", employment.until);
  if (employment.primary) json["primary"] = true;
  return json;
}

void FromJson(const Json& json, Employment& employment) {
  employment.organization = aggregate::JsonUuid(json.at("organization"));
  aggregate::Take(json, "job_title", employment.job_title);
  aggregate::Take(json, "department", employment.department);
  aggregate::Take(json, "since", employment.since);
  aggregate::Take(json, "until", employment.until);
  employment.primary = aggregate::JsonMember(json, "primary") != nullptr;
}

std::string EmailsToJson(const std::vector<Email>& emails) {
  Json json = Json::array();
  for (const Email& email : emails) json.push_back(ToJson(email));
  return JsonText(json);
}

std::optional<std::vector<Email>> EmailsFromJson(absl::string_view json) {
  return ReadJsonList<Email>(json, [](const Json& object) {
    Email email;
    FromJson(object, email);
    return email;
  });
}

std::string PhonesToJson(const std::vector<Phone>& phones) {
  Json json = Json::array();
  for (const Phone& phone : phones) json.push_back(ToJson(phone));
  return JsonText(json);
}

std::optional<std::vector<Phone>> PhonesFromJson(absl::string_view json) {
  return ReadJsonList<Phone>(json, [](const Json& object) {
    Phone phone;
    FromJson(object, phone);
    return phone;
  });
}

std::string EmploymentsToJson(const std::vector<Employment>& employments) {
  Json json = Json::array();
  for (const Employment& employment : employments) json.push_back(ToJson(employment));
  return JsonText(json);
}

std::optional<std::vector<Employment>> EmploymentsFromJson(absl::string_view json) {
  return ReadJsonList<Employment>(json, [](const Json& object) {
    Employment employment;
    FromJson(object, employment);
    return employment;
  });
}

Json ToJson(const AccountMember& member) {
  Json json = {{"contact", member.contact.ToString()}};
  if (member.role != BuyingRole::kUnknown) {
    json["role"] = base::NameOf(kBuyingRoleNames, member.role);
  }
  return json;
}

void FromJson(const Json& json, AccountMember& member) {
  if (json.is_string()) {
    member.contact = aggregate::JsonUuid(json);
    return;
  }
  member.contact = aggregate::JsonUuid(json.at("contact"));
  if (const Json* const role = aggregate::JsonMember(json, "role")) {
    member.role = base::ValueOf(kBuyingRoleNames, role->get_ref<const std::string&>()).value();
  }
}

std::string RolesToJson(const std::vector<AccountMember>& members) {
  Json json = Json::object();
  for (const AccountMember& member : members) {
    if (member.role == BuyingRole::kUnknown) continue;
    json[member.contact.ToString()] = base::NameOf(kBuyingRoleNames, member.role);
  }
  return JsonText(json);
}

std::optional<RolesOfMembers> RolesFromJson(absl::string_view json) {
  return aggregate::ReadJson(json, [](const Json& object) {
    RolesOfMembers roles;
    for (const auto& [contact, role] : object.get_ref<const Json::object_t&>()) {
      roles[base::Uuid::Parse(contact).value()] =
          base::ValueOf(kBuyingRoleNames, role.get_ref<const std::string&>()).value();
    }
    return roles;
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

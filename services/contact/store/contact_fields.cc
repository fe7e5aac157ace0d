#include "services/contact/store/contact_fields.h"

#include "services/contact/store/contact_json.h"

namespace crm::contact {
namespace {

using aggregate::Json;

template <auto kMember, const auto&... kNames>
constexpr aggregate::Field<Contact> ContactRow(const char* name) {
  return aggregate::FieldOf<Contact, kMember, kNames...>(name);
}

template <auto kMember, const auto&... kNames>
constexpr aggregate::Field<Account> AccountRow(const char* name) {
  return aggregate::FieldOf<Account, kMember, kNames...>(name);
}

const std::string& PartOf(const Contact& contact, std::string Person::*part) {
  static const std::string kNone;
  return contact.person() == nullptr ? kNone : contact.person()->*part;
}

// The body, if it is of the kind Body; a contact of the other kind has none of it. Which kind a
// contact is never changes.
template <class Body>
constexpr aggregate::Field<Contact> BodyRow(const char* name) {
  return {name,
          [](const Contact& a, const Contact& b) {
            const auto* const x = std::get_if<Body>(&a.body);
            const auto* const y = std::get_if<Body>(&b.body);
            return (x == nullptr ? Body() : *x) == (y == nullptr ? Body() : *y);
          },
          [](const Contact& contact, std::string& json) {
            const auto* const body = std::get_if<Body>(&contact.body);
            aggregate::AppendJson(json, body == nullptr ? Body() : *body);
          },
          [](const Json& json, Contact& contact) {
            if (json.is_null()) {
              if (auto* const body = std::get_if<Body>(&contact.body)) *body = Body();
            } else {
              aggregate::TakeJson(json, contact.body.emplace<Body>());
            }
          }};
}

// A part of a person; an organization has none of it.
template <auto kMember>
constexpr aggregate::Field<Contact> PersonRow(const char* name) {
  return {
      name,
      [](const Contact& a, const Contact& b) { return PartOf(a, kMember) == PartOf(b, kMember); },
      [](const Contact& contact, std::string& json) {
        aggregate::AppendJson(json, PartOf(contact, kMember));
      },
      [](const Json& json, Contact& contact) {
        auto* const person = std::get_if<Person>(&contact.body);
        if (person == nullptr) return;
        (person->*kMember).clear();
        if (!json.is_null()) aggregate::TakeJson(json, person->*kMember);
      }};
}

// What was written of persons before they had employments; nothing is any more.
constexpr aggregate::Field<Contact> FormerPersonRow(const char* name) {
  return {name, [](const Contact&, const Contact&) { return true; },
          [](const Contact&, std::string& json) { json += "null"; }, TakeFormerPerson};
}

constexpr aggregate::Field<Contact> kContactFields[] = {
    ContactRow<&Contact::display_name>("display_name"),
    FormerPersonRow("person"),
    PersonRow<&Person::given_name>("person.given_name"),
    PersonRow<&Person::family_name>("person.family_name"),
    ContactRow<&Contact::employments>("employments"),
    ContactRow<&Contact::attributes>("attributes"),
    BodyRow<Organization>("organization"),
    ContactRow<&Contact::emails>("emails"),
    ContactRow<&Contact::phones>("phones"),
    ContactRow<&Contact::owner>("owner"),
    ContactRow<&Contact::stage, kLifecycleStageNames>("stage"),
    ContactRow<&Contact::stage_version>("stage_version"),
    ContactRow<&Contact::stage_time>("stage_time"),
    ContactRow<&Contact::delete_time>("delete_time"),
    ContactRow<&Contact::external_id>("external_id"),
    ContactRow<&Contact::merged_into>("merged_into"),
};

constexpr aggregate::Field<Account> kAccountFields[] = {
    AccountRow<&Account::customer>("customer"),
    AccountRow<&Account::display_name>("display_name"),
    AccountRow<&Account::first_opportunity>("first_opportunity"),
    AccountRow<&Account::owner>("owner"),
    AccountRow<&Account::open_time>("open_time"),
    AccountRow<&Account::status, kAccountStatusNames>("status"),
    AccountRow<&Account::close_reason, kAccountCloseReasonNames>("close_reason"),
    AccountRow<&Account::close_note>("close_note"),
    AccountRow<&Account::members>("members"),
    AccountRow<&Account::attributes>("attributes"),
    AccountRow<&Account::win_count>("win_count"),
    AccountRow<&Account::win_sums>("win_sums"),
    AccountRow<&Account::last_win_time>("last_win_time"),
    AccountRow<&Account::stage_version>("stage_version"),
    AccountRow<&Account::stage_time>("stage_time"),
    AccountRow<&Account::merged_into>("merged_into"),
};

}  // namespace

aggregate::Fields<Contact> ContactFieldTable() { return kContactFields; }
aggregate::Fields<Account> AccountFieldTable() { return kAccountFields; }

}  // namespace crm::contact

#include "services/contact/domain/contact_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "common/error/error.h"

namespace crm::contact {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  if (status.ok()) return fields;
  const auto details = error::DetailsOf(status);
  for (const auto& violation : details->fields) fields.push_back(violation.field);
  return fields;
}

std::vector<std::string> Broken(const Contact& contact) {
  Contact normal = contact;
  Normalize(normal);
  return FieldsOf(CheckRules(normal));
}

Contact APerson() {
  Contact contact;
  contact.id = base::Uuid(1, 1);
  contact.body = Person{"Anna", "", std::nullopt, ""};
  return contact;
}

Contact AnOrganization() {
  Contact contact;
  contact.id = base::Uuid(1, 2);
  contact.display_name = "Acme";
  contact.body = Organization();
  return contact;
}

TEST(ContactRulesTest, LimitsAreInCodePointsAndInclusive) {
  std::string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "ü";
  Contact contact = APerson();
  contact.display_name = umlauts;
  EXPECT_THAT(Broken(contact), IsEmpty());
  contact.display_name += "ü";
  EXPECT_THAT(Broken(contact), ElementsAre("display_name"));
}

TEST(ContactRulesTest, EveryPersonFieldIsLimited) {
  const std::string long_text(201, 'x');
  const std::function<void(Contact&, std::string)> setters[] = {
      [](Contact& c, std::string t) { std::get<Person>(c.body).given_name = std::move(t); },
      [](Contact& c, std::string t) { std::get<Person>(c.body).family_name = std::move(t); },
      [](Contact& c, std::string t) { std::get<Person>(c.body).job_title = std::move(t); },
      [](Contact& c, std::string t) { c.owner = std::move(t); },
      [](Contact& c, std::string t) { c.external_id = std::move(t); },
      [](Contact& c, std::string t) { c.display_name = std::move(t); },
  };
  for (const auto& set : setters) {
    for (const std::string& bad : {long_text, std::string("a\0b", 3), std::string("\xff")}) {
      Contact contact = APerson();
      contact.display_name = "Anna";
      set(contact, bad);
      EXPECT_EQ(Broken(contact).size(), 1u);
    }
  }
}

TEST(ContactRulesTest, APersonNeedsSomeName) {
  Contact contact = APerson();
  contact.body = Person();
  EXPECT_THAT(Broken(contact), ElementsAre("display_name"));
  contact.body = Person{"", "Snelling", std::nullopt, ""};
  EXPECT_THAT(Broken(contact), IsEmpty());
}

TEST(ContactRulesTest, AnOrganizationsNumbersArePlausible) {
  Contact contact = AnOrganization();
  contact.body = Organization{.domain = "not a domain",
                              .industry = "",
                              .employee_count = -1,
                              .annual_revenue = base::Money{"usd", -5},
                              .parent = contact.id,
                              .founded_year = 10000,
                              .location = ""};
  EXPECT_THAT(
      Broken(contact),
      ElementsAre("organization.domain", "organization.employee_count", "organization.founded_year",
                  "organization.annual_revenue.currency_code",
                  "organization.annual_revenue.amount_minor", "organization.parent_organization"));
  contact.body = Organization{.domain = "acme.example",
                              .industry = "",
                              .employee_count = 0,
                              .annual_revenue = base::Money{"USD", 0},
                              .parent = base::Uuid(3, 3),
                              .founded_year = 9999,
                              .location = ""};
  EXPECT_THAT(Broken(contact), IsEmpty());
}

TEST(ContactRulesTest, EmailsAreDistinctAndAtMostOneIsPrimary) {
  Contact contact = APerson();
  contact.emails = {
      {"a@b.ch", "", "", true}, {" A@B.CH ", "", "", true}, {"nonsense", "", "", false}};
  EXPECT_THAT(Broken(contact), ElementsAre("emails[1].address", "emails[2].address", "emails"));
  contact.emails.assign(21, Email{"a@b.ch", "", "", false});
  EXPECT_THAT(Broken(contact), ElementsAre("emails"));
}

TEST(ContactRulesTest, PhonesNeedANumber) {
  Contact contact = APerson();
  contact.phones = {{"", "", ""}, {std::string(51, '1'), "", ""}};
  EXPECT_THAT(Broken(contact), ElementsAre("phones[0].number", "phones[1].number"));
}

TEST(ContactRulesTest, AnEditMayLeaveTheNameOut) {
  Contact contact = AnOrganization();
  contact.display_name.clear();
  EXPECT_THAT(FieldsOf(CheckRules(contact)), Contains("display_name"));
  EXPECT_TRUE(CheckGivenFields(contact).ok());
}

}  // namespace
}  // namespace crm::contact

#include "services/contact/domain/contact_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "common/base/text.h"
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
  contact.body = Person{"Anna", ""};
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
      [](Contact& c, std::string t) {
        c.employments = {{base::Uuid(1, 2), std::move(t)}};
      },
      [](Contact& c, std::string t) {
        c.employments = {{base::Uuid(1, 2), "", std::move(t)}};
      },
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
  contact.body = Person{"", "Snelling"};
  EXPECT_THAT(Broken(contact), IsEmpty());
}

TEST(ContactRulesTest, ANameOfNothingToBeSeenIsMissing) {
  for (const char* blank : {" ", "\t\n", "\u00A0", "\u200B", "\uFEFF \u00AD", "\x01"}) {
    Contact organization = AnOrganization();
    organization.display_name = blank;
    EXPECT_THAT(Broken(organization), ElementsAre("display_name")) << blank;
    Contact person = APerson();
    person.body = Person{blank, blank};
    person.display_name = blank;
    EXPECT_THAT(Broken(person), ElementsAre("display_name")) << blank;
    person.phones = {{blank, "", ""}};
    person.emails = {{blank, "", "", false}};
    EXPECT_THAT(Broken(person),
                ElementsAre("display_name", "emails[0].address", "phones[0].number"))
        << blank;
  }
}

TEST(ContactRulesTest, LongNamesOfAPersonAreCutForDisplayOnly) {
  std::string given;
  std::string family;
  for (int i = 0; i < 150; ++i) {
    given += "é";
    family += "ō\u0323";  // two code points that are one character; NFC keeps it so
  }
  Contact contact = APerson();
  contact.body = Person{std::string(150, 'a'), std::string(150, 'b')};
  EXPECT_THAT(Broken(contact), IsEmpty());
  Normalize(contact);
  EXPECT_EQ(contact.display_name, std::string(150, 'a') + " " + std::string(49, 'b'));
  contact = APerson();
  contact.body = Person{given, family.substr(0, 75 * 4)};
  Normalize(contact);
  EXPECT_THAT(FieldsOf(CheckRules(contact)), IsEmpty());
  EXPECT_LE(base::CodePoints(contact.display_name), 200u);
}

TEST(ContactRulesTest, TextsAreKeptTidy) {
  Contact contact = APerson();
  contact.body = Person{" Jose\u0301 ", "\u00A0Müller"};
  contact.employments = {{base::Uuid(1, 2), " Buyer\n", "\u3000R&D"}};
  contact.external_id = " x-1 ";
  contact.emails = {{" Anna@Example.com", "", " work ", false}};
  Normalize(contact);
  EXPECT_EQ(contact.display_name, "José Müller");
  EXPECT_EQ(*contact.person(), (Person{"José", "Müller"}));
  EXPECT_EQ(contact.employments[0].job_title, "Buyer");
  EXPECT_EQ(contact.employments[0].department, "R&D");
  EXPECT_EQ(contact.external_id, "x-1");
  EXPECT_EQ(contact.emails[0].address, " Anna@Example.com") << "as typed";
  EXPECT_EQ(contact.emails[0].label, "work");
}

TEST(ContactRulesTest, EmploymentsEndAfterTheyBeginAndOneOfThemIsPrimary) {
  const absl::CivilDay day(2024, 2, 29);
  const base::Uuid acme(1, 2);
  Contact contact = APerson();
  contact.employments = {{acme, "", "", day, day}, {acme, "", "", day, day - 1}, {acme}};
  EXPECT_THAT(Broken(contact), ElementsAre("employments[1].until"));
  contact.employments = {{acme, "", "", day, day, true}, {acme}, {acme, "", "", day}};
  EXPECT_THAT(Broken(contact), IsEmpty());
  Normalize(contact);
  EXPECT_FALSE(contact.employments[0].primary) << "it has ended";
  EXPECT_TRUE(contact.employments[1].primary) << "the first of the others";
  EXPECT_EQ(contact.employment(), &contact.employments[1]);
  contact.employments[1].until = day;
  contact.employments[2].until = day;
  Normalize(contact);
  EXPECT_EQ(contact.employment(), nullptr);
  contact.employments = {{acme, "", "", {}, {}, true}, {acme, "", "", {}, {}, true}};
  EXPECT_THAT(Broken(contact), ElementsAre("employments"));
  contact.employments.assign(20, Employment{acme});
  EXPECT_THAT(Broken(contact), IsEmpty());
  contact.employments.assign(21, Employment{acme});
  EXPECT_THAT(Broken(contact), ElementsAre("employments"));
  Contact organization = AnOrganization();
  organization.employments = {{acme}};
  EXPECT_THAT(Broken(organization), ElementsAre("employments"));
}

TEST(ContactRulesTest, ARegionHasTheFormOfOne) {
  Contact contact = APerson();
  contact.phones = {{"044", "", "", "CH"}, {"044", "", "", "ch"}, {"044", "", "", "CHE"}};
  EXPECT_THAT(Broken(contact), ElementsAre("phones[1].region", "phones[2].region"));
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

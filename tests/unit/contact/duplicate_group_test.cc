// Groups of those that may be the same, found under what they have in common.

#include "services/contact/domain/duplicate_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/contact/domain/duplicate.h"
#include "services/contact/domain/search_terms.h"

namespace crm::contact {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kUsualLeast = 600;

const MailDomains& PublicDomains() {
  static const auto* const domains = new MailDomains("public.example\n");
  return *domains;
}

// "NAME | NUMBER | DOMAIN", the last two if there are any.
Contact Member(uint64_t id, const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, " | ");
  Contact contact;
  contact.id = base::Uuid::V5(base::Uuid(), absl::StrCat("member ", id));
  contact.create_time = absl::FromUnixSeconds(static_cast<int64_t>(id));
  contact.body = Person{};
  contact.display_name = parts[0];
  if (parts.size() > 1 && !parts[1].empty()) {
    Phone& phone = contact.phones.emplace_back();
    phone.number = phone.e164 = parts[1];
  }
  if (parts.size() > 2) {
    Email& email = contact.emails.emplace_back();
    email.address = email.normalized = absl::StrCat("m", id, "@", parts[2]);
  }
  return contact;
}

std::vector<ContactProfile> ProfilesOf(const std::vector<Contact>& contacts) {
  std::vector<ContactProfile> profiles;
  for (const Contact& contact : contacts) profiles.push_back(ProfileOf(contact, PublicDomains()));
  return profiles;
}

std::vector<std::vector<size_t>> Groups(const std::string& term,
                                        const std::vector<std::string>& texts,
                                        int least = kUsualLeast) {
  std::vector<Contact> contacts;
  for (size_t i = 0; i < texts.size(); ++i) contacts.push_back(Member(i, texts[i]));
  return GroupsUnder(term, ProfilesOf(contacts), least);
}

TEST(DuplicateGroup, NamesakesAreOneUnderTheirFirstWord) {
  const std::vector<std::string> anna = {"Anna Snelling", "Snelling, Anna", "Anna Lane"};
  EXPECT_THAT(Groups(WordTerm("anna"), anna), ElementsAre(ElementsAre(0, 1)));
  EXPECT_THAT(Groups(WordTerm("snelling"), anna), IsEmpty()) << "told under the first one";
}

TEST(DuplicateGroup, TheOtherWordMayHaveATypingErrorOrBeAnInitial) {
  const std::vector<std::string> texts = {"Maximiliane Oberhuber", "Maximiliane Oberhubre",
                                          "Maximiliane O", "Maximiliane Unterhuber"};
  EXPECT_THAT(Groups(WordTerm("maximiliane"), texts, 500), ElementsAre(ElementsAre(0, 1, 2)));
}

TEST(DuplicateGroup, WhatIsNotEnoughAloneCountsBesideADomainOrANumber) {
  const std::vector<std::string> lanes = {"Bert Lane", "Berth Lane |  | acme.example",
                                          "Bert Lane |  | acme.example"};
  EXPECT_THAT(Groups(WordTerm("lane"), lanes), ElementsAre(ElementsAre(1, 2)));
  EXPECT_THAT(Groups(WordTerm("lane"), {"Bert Lane | +41441", "Berth Lane | +41441"}),
              ElementsAre(ElementsAre(0, 1)));
  EXPECT_THAT(
      Groups(WordTerm("lane"), {"Bert Lane |  | public.example", "Berth Lane |  | public.example"}),
      IsEmpty());
}

TEST(DuplicateGroup, OfANumberThoseThatTheirNamesDoNotTell) {
  const std::string term = PhoneTerm("+41446681800");
  EXPECT_THAT(Groups(term, {"Anna | +41446681800", "Bert | +41446681800"}, 500),
              ElementsAre(ElementsAre(0, 1)));
  EXPECT_THAT(Groups(term, {"Anna | +41446681800", "Bert | +41446681800"}), IsEmpty());
  EXPECT_THAT(Groups(term, {"Anna Lane | +41446681800", "Anna Lane | +41446681800"}), IsEmpty());
  const std::vector<std::string> colleagues(kMostOfOneNumber + 1, "A | +41446681800 | b.example");
  EXPECT_THAT(Groups(term, colleagues), IsEmpty()) << "a switchboard";
}

// Against each with each: whoever is alike and has a word or a number in common with the other, the
// other words but for one typing error, is with it in a group; and groups hold together.
TEST(DuplicateGroup, NobodyIsMissedAndNobodyIsIn) {
  const char* const first[] = {"anna", "ana", "maria", "marai", "bartholomew"};
  const char* const last[] = {"snelling", "sneling", "oberhuber", "oberhubre", "li"};
  const char* const numbers[] = {"", "", "+41441", "+41442"};
  const char* const domains[] = {"", "acme.example", "globex.example", "public.example"};
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    const auto one_of = [&](const auto& texts) { return texts[random() % std::size(texts)]; };
    std::vector<Contact> contacts;
    for (size_t i = 0; i < 40; ++i) {
      contacts.push_back(Member(i, absl::StrCat(one_of(first), " ", one_of(last), " | ",
                                                one_of(numbers), " | ", one_of(domains))));
    }
    const std::vector<ContactProfile> profiles = ProfilesOf(contacts);
    const int least = seed % 2 == 0 ? kUsualLeast : 750;
    std::set<std::pair<size_t, size_t>> together;
    std::set<std::string> terms;
    for (const ContactProfile& profile : profiles) {
      for (const std::string& word : profile.words) terms.insert(WordTerm(word));
      for (const std::string& number : profile.numbers) terms.insert(PhoneTerm(number));
    }
    const auto alike = [&](size_t i, size_t j) {
      return Compare(contacts[i], contacts[j], PublicDomains()).score >= least;
    };
    for (const std::string& term : terms) {
      std::vector<size_t> places;
      std::vector<ContactProfile> under;
      for (size_t i = 0; i < contacts.size(); ++i) {
        const std::vector<std::string> own = TermsOf(contacts[i]);
        if (std::find(own.begin(), own.end(), term) == own.end()) continue;
        places.push_back(i);
        under.push_back(profiles[i]);
      }
      for (const std::vector<size_t>& group : GroupsUnder(term, under, least)) {
        for (const size_t i : group) {
          EXPECT_TRUE(std::any_of(group.begin(), group.end(), [&](size_t j) {
            return j != i && alike(places[i], places[j]);
          })) << seed;
          for (const size_t j : group) together.emplace(places[i], places[j]);
        }
      }
    }
    for (size_t i = 0; i < contacts.size(); ++i) {
      for (size_t j = i + 1; j < contacts.size(); ++j) {
        std::vector<std::string> common;
        std::set_intersection(profiles[i].words.begin(), profiles[i].words.end(),
                              profiles[j].words.begin(), profiles[j].words.end(),
                              std::back_inserter(common));
        const bool meet = !common.empty() || (!profiles[i].numbers.empty() &&
                                              profiles[i].numbers == profiles[j].numbers);
        if (meet && alike(i, j)) {
          EXPECT_TRUE(together.contains({i, j}))
              << seed << ": " << contacts[i].display_name << ", " << contacts[j].display_name;
        }
      }
    }
  }
}

}  // namespace
}  // namespace crm::contact

// What the exports of other systems need beside plain columns.

#include <gmock/gmock.h>

#include "clients/crmctl/import/word_map.h"
#include "common/error/error.h"
#include "tests/unit/clients/row_values_fixture.h"

namespace crm::crmctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

TEST(WordMapTest, ExactWordsThenPatternsTheLongestFirstThenTheRest) {
  WordMap<int> words;
  words.Add("Won *", 1);
  words.Add("won *twice*", 2);
  words.Add("WON", 3);
  EXPECT_EQ(words.Find("Lost"), nullptr);
  words.Add("*", 4);
  words.Add("", 5);
  for (const auto& [word, meant] : std::vector<std::pair<const char*, int>>{{"won", 3},
                                                                            {"Won by us", 1},
                                                                            {"WON BY US TWICE", 2},
                                                                            {"Lost", 4},
                                                                            {"won't", 4},
                                                                            {"", 5}}) {
    ASSERT_NE(words.Find(word), nullptr) << word;
    EXPECT_EQ(*words.Find(word), meant) << word;
  }
}

TEST_F(RowValuesTest, AStateAndAStageInTwoColumnsAreOnePlace) {
  Map(R"("close_date": {"constant": "2025-02-01"}, "amount": {"constant": "5", "currency": "EUR"})");
  FileMapping& file = mapping_.files[0];
  file.fields["stage"].from = ValueSource::From::kTemplate;
  file.fields["stage"].text = "{status} / {stage}";
  file.stages = {};
  file.stages.Add("won / *", {Target::kWon, ""});
  file.stages.Add("open / proposal made", {Target::kOpen, "proposal"});
  EXPECT_EQ(Deal("id,status,stage\n1,Won,Proposal Made\n").target, Target::kWon);
  const DealRecord open = Deal("id,status,stage\n1,Open,Proposal Made\n");
  EXPECT_EQ(open.target, Target::kOpen);
  EXPECT_EQ(open.moves.at(0).stage, "proposal");
  EXPECT_THAT(Rejection("id,status,stage\n1,Open,Talks\n"), HasSubstr("\"Open / Talks\" is no"));
}

TEST_F(RowValuesTest, OfSeveralColumnsTheFirstThatIsNotEmptyCounts) {
  Map(R"("amount": {"column": ["real", "guess"], "currency": "EUR"})");
  EXPECT_EQ(Amount(Deal("id,stage,real,guess\n1,Open,5,7\n")), "5.00 EUR");
  EXPECT_EQ(Amount(Deal("id,stage,real,guess\n1,Open,,7\n")), "7.00 EUR");
  EXPECT_EQ(Amount(Deal("id,stage,real,guess\n1,Open,,\n")), "none");
  EXPECT_THAT(Rejection("id,stage,real,guess\n1,Open,many,7\n"), HasSubstr("\"many\""))
      << "what is wrong is not passed over";
}

TEST_F(RowValuesTest, ProbabilitiesMayHaveASignAndBeRounded) {
  Map(R"("probability": {"column": "p", "round": "half_even"})");
  for (const auto& [text, percent] : std::vector<std::pair<const char*, int>>{
           {"60", 60}, {"60%", 60}, {"60 %", 60}, {"23.57", 24}, {"0.5", 0}, {"1.5", 2}}) {
    EXPECT_EQ(Deal(std::string("id,stage,p\n1,Open,") + text + "\n").probability, percent) << text;
  }
  for (const char* bad : {"101", "-1", "%", "60%%"}) {
    EXPECT_THAT(Rejection(std::string("id,stage,p\n1,Open,") + bad + "\n"),
                HasSubstr("is no whole number from 0 to 100"))
        << bad;
  }
  Map(R"("probability": "p")");
  EXPECT_THAT(Rejection("id,stage,p\n1,Open,23.57\n"), HasSubstr("23.57"));
}

TEST_F(RowValuesTest, StagesThatADealWasInComeFromAFileOfTheirOwn) {
  Map("", R"("stage_history": {"file": "h.csv", "on": {"own": "id", "other": "deal"},
              "stage": "to", "time": {"column": "at", "format": "%d/%m/%Y"}}, )");
  mapping_.files[0].stages.Add("offer made", {Target::kOpen, "offer"});
  mapping_.files[0].stages.Add("signing", {Target::kOpen, "contract"});
  Write("h.csv",
        "deal,to,at\n1,Signing,03/03/2025\n1,Offer Made,01/02/2025\n2,Signing,01/01/2025\n"
        "1,Signing,soon\n1,Elsewhere,04/03/2025\n");
  const DealRecord deal = Deal("id,stage\n1,Signing\n");
  ASSERT_EQ(deal.moves.size(), 2u);
  EXPECT_EQ(deal.moves[0].stage, "offer");
  EXPECT_EQ(deal.moves[1].stage, "contract");
  EXPECT_EQ(deal.moves[1].time, absl::FromCivil(absl::CivilDay(2025, 3, 3), absl::UTCTimeZone()));
  EXPECT_THAT(Warning(), AllOf(HasSubstr("h.csv: \"soon\" is no date; left out")));
  EXPECT_EQ(Deal("id,stage\n3,Open\n").moves.size(), 0u) << "none of its own";
}

TEST_F(RowValuesTest, AHistoryThatCannotBeReadIsAProblemOfTheMapping) {
  const auto problem = [&](const char* file, const char* other) {
    Map("", std::string(R"("stage_history": {"file": ")") + file +
                R"(", "on": {"own": "id", "other": ")" + other +
                R"("}, "stage": "to", "time": "at"}, )");
    Write("h.csv", "deal,to,at\n");
    Write("f.csv", "id,stage\n");
    const auto files = Open();
    return files.ok() ? "" : error::DetailsOf(files.status())->fields.at(0).description;
  };
  EXPECT_EQ(problem("h.csv", "deal"), "");
  EXPECT_THAT(problem("gone.csv", "deal"), HasSubstr("cannot be read"));
  EXPECT_THAT(problem("h.csv", "opportunity"), HasSubstr("has no column \"opportunity\""));
}

// Companies that stand only in the deals' file, by name, and again and again.
class RepeatsTest : public ImportTest {
 protected:
  std::vector<LoadedFile> LoadDeals(const std::string& duplicates, const std::string& rows) {
    mapping_ = *Mapping::Parse(R"({"name": "t", "duplicates": ")" + duplicates + R"(", "files": [
      {"entity": "organization", "file": "f.csv", "key": "firm",
       "rows": {"same_key": "first", "where": {"column": "firm", "matches": "?*"}},
       "fields": {"display_name": "firm", "domain": "web", "email": "mail"}},
      {"entity": "person", "file": "p.csv", "key": "id",
       "fields": {"given_name": "name", "email": {"column": "mail", "split": ";"},
                  "organization": {"column": "firms", "split": ";"}}},
      {"entity": "deal", "file": "f.csv", "key": "id", "stages": {"*": "WORKING"},
       "fields": {"stage": "stage", "customer": "who", "contact_email": "reply"}}]})");
    Write("p.csv", "id,name,mail,firms\n7,Ann,ann@a.example;info@a.example,A;B\n8,Ben,,B\n");
    Write("f.csv", "id,stage,firm,web,mail,who,reply\n" + rows);
    return Load();
  }
  static std::vector<std::string> Reasons(const std::vector<Rejected>& rows) {
    std::vector<std::string> reasons;
    for (const Rejected& each : rows) reasons.push_back(each.reason);
    return reasons;
  }
};

TEST_F(RepeatsTest, TheFirstRowOfAKeyCountsAndCustomersAreOfEitherKind) {
  const auto files =
      LoadDeals("refuse", "1,x,A,,,A,\n2,x,A,,,7,\n3,x,B,,,8,\n4,x,,,,nobody,\n5,x,,,,,\n");
  EXPECT_EQ(files[0].contacts.size(), 2u);
  EXPECT_EQ(files[0].read, 2) << "what is passed over does not count";
  EXPECT_TRUE(files[0].rejected.empty());
  EXPECT_EQ(files[2].deals[0].contact_id, ids_.Organization("A"));
  EXPECT_EQ(files[2].deals[0].contact_name, "A");
  EXPECT_EQ(files[2].deals[1].contact_id, ids_.Person("7"));
  EXPECT_EQ(files[2].deals[1].contact_name, "Ann");
  EXPECT_THAT(Reasons(files[2].rejected),
              UnorderedElementsAre("who (customer): \"nobody\" is not among the rows that can be "
                                   "imported"));
  EXPECT_EQ(files[2].deals[3].reference, "") << "without a customer it has a contact of its own";
}

TEST_F(RepeatsTest, WhatARowSaysOfAnotherRowsContactIsKeptWithTheDeal) {
  const auto files = LoadDeals("refuse", "1,x,A,,,A,reply@x.example\n2,x,,,,,own@x.example\n");
  EXPECT_EQ(files[2].deals[0].attributes.at("contact_email"), "reply@x.example");
  EXPECT_EQ(files[2].deals[1].attributes.count("contact_email"), 0u);
  EXPECT_EQ(files[2].deals[1].contact_emails.at(0), "own@x.example");
}

TEST_F(RepeatsTest, OfSeveralReferencesTheFirstIsTaken) {
  const auto files = LoadDeals("refuse", "1,x,A,,,A,\n2,x,B,,,B,\n");
  EXPECT_EQ(files[1].contacts[0].reference, "A");
  EXPECT_THAT(Reasons(files[1].warnings),
              UnorderedElementsAre("firms (organization): names 2 rows; the first is taken"));
}

TEST_F(RepeatsTest, AddressesThatAnotherRowHasAreKnownBeforeAnythingIsSent) {
  const std::string rows =
      "1,x,A,www.a.example,Info@A.example,,ANN@a.example\n2,x,B,https://a.example/"
      "b,,,new@a.example\n";
  const auto refused = LoadDeals("refuse", rows);
  EXPECT_THAT(Reasons(refused[0].rejected),
              UnorderedElementsAre("web (domain): \"a.example\" is that of line 2 of f.csv"));
  EXPECT_THAT(
      Reasons(refused[1].rejected),
      UnorderedElementsAre(HasSubstr("mail (email): \"info@a.example\" is that of line 2 of f.csv"),
                           HasSubstr("\"B\" is not among the rows")));
  EXPECT_EQ(refused[2].deals.size(), 2u) << "who is refused takes nothing";

  const auto dropped = LoadDeals("drop", rows);
  EXPECT_EQ(dropped[0].contacts[1].contact.organization().domain(), "");
  ASSERT_EQ(dropped[1].contacts[0].contact.emails_size(), 1);
  EXPECT_EQ(dropped[1].contacts[0].contact.emails(0).address(), "ann@a.example");
  EXPECT_TRUE(dropped[2].deals[0].contact_emails.empty());
  EXPECT_THAT(Reasons(dropped[2].warnings),
              UnorderedElementsAre(
                  "reply (contact_email): \"ann@a.example\" is that of line 2 of p.csv; left out"));
}

TEST_F(RepeatsTest, WhatIsNoAddressIsRefusedByTheRuleOfTheServices) {
  for (const char* bad : {"a@b", "a b@c.example", "a@@b.example", "@b.example", "a@b..example"}) {
    const auto files = LoadDeals("refuse", std::string("1,x,A,,") + bad + ",,\n");
    ASSERT_EQ(files[0].rejected.size(), 1u) << bad;
    EXPECT_THAT(files[0].rejected[0].reason, HasSubstr("is no e-mail address"));
  }
  EXPECT_THAT(LoadDeals("refuse", "1,x,A,not a site,,,\n")[0].rejected.at(0).reason,
              HasSubstr("web (domain): \"not a site\" is no internet domain"));
  EXPECT_THAT(LoadDeals("refuse", "1,x,A,,,,nobody\n")[2].rejected.at(0).reason,
              HasSubstr("reply (contact_email): \"nobody\" is no e-mail address"));
}

TEST(MappingShapesTest, TheirMistakesAreNamed) {
  const auto mapping = Mapping::Parse(R"({"name": "x", "files": [
    {"entity": "lead", "file": "f", "key": "k", "rows": {"same_key": "last"},
     "stages": {"*": "NEW"}, "stage_history": {},
     "fields": {"stage": {"column": ["a", ""]}, "customer": "c"}},
    {"entity": "deal", "file": "f", "key": "k", "stages": {"*": "NEW"},
     "stage_history": {"file": "h", "on": {"own": "a"}, "time": {"constant": "2025-01-01"}},
     "fields": {"stage": "s", "owner": {"column": "o", "split": ";"},
                "opened": {"column": "o", "round": "half_even"}}},
    {"entity": "opportunity", "file": "f", "key": "k", "stages": {"*": "OPEN"},
     "fields": {"stage": "s"}}]})");
  std::vector<std::string> fields;
  const auto details = error::DetailsOf(mapping.status());
  ASSERT_TRUE(details);
  for (const auto& each : details->fields) fields.push_back(each.field);
  EXPECT_THAT(fields, UnorderedElementsAre(
                          "files[0].rows.same_key", "files[0].stage_history",
                          "files[0].fields.stage.column", "files[0].fields.customer",
                          "files[1].stage_history.stage", "files[1].stage_history.on.other",
                          "files[1].stage_history.time", "files[1].fields.owner.split",
                          "files[1].fields.opened.round", "files[2].fields"));
}

}  // namespace
}  // namespace crm::crmctl

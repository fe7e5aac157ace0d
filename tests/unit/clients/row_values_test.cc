// What a mapping makes of the cells of a file.

#include <gmock/gmock.h>

#include "common/error/error.h"
#include "tests/unit/clients/row_values_fixture.h"

namespace crm::crmctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(RowValuesTest, ACloseDateIsExpectedWhileOpenAndTheEndAfterwards) {
  Map(R"("close_date": "close", "amount": {"column": "value", "currency": "EUR"})");
  const DealRecord open = Deal("id,stage,close,value\n1,open,2031-05-06,10\n");
  EXPECT_EQ(open.expected_close, absl::CivilDay(2031, 5, 6)) << "a day to come is no error";
  EXPECT_FALSE(open.closed);
  const DealRecord lost = Deal("id,stage,close,value\n1,LOST,2025-05-06,10\n");
  EXPECT_FALSE(lost.expected_close);
  EXPECT_TRUE(lost.closed);
  EXPECT_EQ(Amount(lost), "10.00 EUR") << "also of what was lost";
  EXPECT_THAT(Rejection("id,stage,close,value\n1,won,2031-05-06,10\n"), HasSubstr("future"));
}

TEST_F(RowValuesTest, WhatALeadCannotHoldIsKeptAsItsAttributes) {
  Map(R"("close_date": "close", "amount": {"column": "value", "currency": "EUR"})");
  const DealRecord deal = Deal("id,stage,close,value\n1,Talk,2031-05-06,10\n");
  EXPECT_EQ(deal.target, Target::kWorking);
  EXPECT_EQ(deal.attributes.at("amount"), "10.00 EUR");
  EXPECT_EQ(deal.attributes.at("expected_close"), "2031-05-06");
}

TEST_F(RowValuesTest, AmountsInManyForms) {
  Map(R"("amount": {"column": "v", "decimal": ",", "thousands": ".",
          "currency": {"column": "c", "values": {"Euro": "EUR"}, "default": "USD",
                       "symbols": {"$": "COP"}}})");
  EXPECT_EQ(Amount(Deal("id,stage,v,c\n1,Open,\"1.234,5\",\n")), "1234.50 USD");
  EXPECT_EQ(Amount(Deal("id,stage,v,c\n1,Open,\"1.234,5\",EURO\n")), "1234.50 EUR");
  EXPECT_EQ(Amount(Deal("id,stage,v,c\n1,Open,1.234 JPY,JPY\n")), "1234 JPY");
  EXPECT_EQ(Amount(Deal("id,stage,v,c\n1,Open,$3.972.451,\n")), "3972451.00 COP");
  EXPECT_THAT(Rejection("id,stage,v,c\n1,Open,5,doubloons\n"),
              HasSubstr("\"doubloons\" is no ISO"));
  EXPECT_THAT(Rejection("id,stage,v,c\n1,Open,\"(5)\",\n"), HasSubstr("negative"));
}

TEST_F(RowValuesTest, AValueMayBeLeftOutInsteadOfTheRow) {
  Map(R"("probability": {"column": "p", "on_error": "drop"})");
  const DealRecord deal = Deal("id,stage,p\n1,Open,likely\n");
  EXPECT_FALSE(deal.probability);
  ASSERT_EQ(file_.warnings.size(), 1u);
  EXPECT_THAT(file_.warnings[0].reason,
              HasSubstr("p (probability): \"likely\" is no whole number"));
  EXPECT_EQ(Deal("id,stage,p\n1,Open,40\n").probability, 40);
}

TEST_F(RowValuesTest, WordsOfAnyCaseAndWordsForNothing) {
  Map(R"("source": {"column": "s", "values": {"Web site": "WEB", "*": "OTHER"}}, "owner": "o")", "",
      R"("empty_words": ["-", "N/A"], )");
  EXPECT_EQ(Deal("id,stage,s,o\n1,Open,WEB SITE,n/a\n").source, type::v1::LEAD_SOURCE_WEB);
  EXPECT_EQ(Deal("id,stage,s,o\n1,Open,Messe,-\n").source, type::v1::LEAD_SOURCE_OTHER);
  EXPECT_EQ(Deal("id,stage,s,o\n1,Open,,-\n").source, type::v1::LEAD_SOURCE_IMPORT);
  EXPECT_EQ(Deal("id,stage,s,o\n1,Open,,-\n").owner, "");
}

TEST_F(RowValuesTest, LimitsCountCharactersAndTextsAreCutBetweenThem) {
  std::string name;
  for (int i = 0; i < 199; ++i) name += "é";
  Map(R"("title": "t", "interest": {"column": "i", "too_long": "cut"})");
  EXPECT_EQ(Deal("id,stage,t,i\n1,Open," + name + "x,\n").title, name + "x");
  EXPECT_THAT(Rejection("id,stage,t,i\n1,Open," + name + "xx,\n"), HasSubstr("200 characters"));
  EXPECT_THAT(Deal("id,stage,t,i\n1,Open,t," + name + "éé\n").interests, ElementsAre(name + "é"));
  EXPECT_THAT(file_.warnings.at(0).reason, HasSubstr("cut"));
}

TEST_F(RowValuesTest, OnlyMappedColumnsMustBeSound) {
  Map("");
  EXPECT_EQ(Deal("id,stage,other\n1,Open,caf\xe9\n").key, "1");
  Map(R"("owner": "other")");
  EXPECT_THAT(Rejection("id,stage,other\n1,Open,caf\xe9 con le\xf1"
                        "a\n"),
              HasSubstr("other (owner): is not UTF-8 (it looks like windows-1252: set"));
  Map(R"("owner": "other")", R"("encoding": "windows-1252", )");
  EXPECT_EQ(Deal("id,stage,other\n1,Open,caf\xe9\n").owner, "café");
}

TEST_F(RowValuesTest, AColumnThatStandsTwiceIsAnErrorOnlyIfItIsMapped) {
  Map(R"("owner": "o#2")");
  EXPECT_EQ(Deal("id,stage,o,,o,x,x\n1,Open,a,,b,,\n").owner, "b");
  Map(R"("owner": "o")");
  Write("f.csv", "id,stage,o,o\n");
  const auto files = Open();
  EXPECT_THAT(error::DetailsOf(files.status())->fields.at(0).description, HasSubstr("say \"o#2\""));
}

TEST_F(RowValuesTest, ColumnsOfAnotherFileAreBroughtIn) {
  Map(R"("owner": "agent.name", "interest": {"column": "agent.team", "split": ";"})",
      R"("from": {"file": "agents.csv", "on": {"own": "who", "other": "no"}, "prefix": "agent."},
         "rows": {"where": {"column": "stage", "not_in": ["test"]}}, )");
  Write("agents.csv", "no;name;team\n7;Ann;\"a;b\"\n");
  const DealRecord deal = Deal("id,stage,who\n0,Test,7\n1,Open,7\n");
  EXPECT_EQ(deal.owner, "Ann");
  EXPECT_THAT(deal.interests, ElementsAre("a", "b"));
  EXPECT_EQ(Deal("id,stage,who\n1,Open,8\n").owner, "") << "nobody has this number";
}

TEST_F(RowValuesTest, KeysOfSeveralColumnsAndOfPlaces) {
  Map("");
  mapping_.files[0].key.columns = {"id", "day"};
  EXPECT_EQ(Deal("id,stage,day\n1,Open,2025-01-01\n").key, "1 | 2025-01-01");
  EXPECT_THAT(Rejection("id,stage,day\n1,Open,\n"), HasSubstr("is required"));
  mapping_.files[0].key.from = KeySource::From::kRow;
  EXPECT_EQ(Deal("id,stage,day\n1,Open,\n").key, "2");
}

TEST_F(RowValuesTest, OfTwoRowsOfOneKeyTheFirstSoundOneCounts) {
  Map(R"("amount": {"column": "v", "currency": "EUR"})");
  const DealRecord deal = Deal("id,stage,v\n1,Open,many\n1,Open,5\n");
  EXPECT_EQ(Amount(deal), "5.00 EUR");
  ASSERT_EQ(file_.rejected.size(), 1u);
  EXPECT_EQ(file_.rejected[0].line, 2);
}

TEST_F(RowValuesTest, EverythingElseBecomesAttributes) {
  Map(R"("owner": "o", "attributes.team": {"constant": "north"})", R"("rest": "attributes", )");
  const DealRecord deal =
      Deal("id,stage,o,Región (ES),2nd try,team,\n1,Open,a,Galicia,x,south,z\n");
  EXPECT_EQ(
      deal.attributes,
      (std::map<std::string, std::string>{
          {"team", "north"}, {"region_es", "Galicia"}, {"c_2nd_try", "x"}, {"team_2", "south"}}));
}

TEST_F(RowValuesTest, StagesWithTheirDates) {
  Map("",
      R"("stage_dates": {"offer": "offered", "contract": {"column": "drawn", "format": "%d/%m/%y"}}, )");
  mapping_.files[0].stages.values["open"].stage = "contract";
  const DealRecord deal = Deal("id,stage,offered,drawn\n1,Open,2025-02-01,3/2/25\n");
  ASSERT_EQ(deal.moves.size(), 2u);
  EXPECT_EQ(deal.moves[0].stage, "offer");
  EXPECT_EQ(deal.moves[1].time, absl::FromCivil(absl::CivilDay(2025, 2, 3), absl::UTCTimeZone()));
  EXPECT_FALSE(Deal("id,stage,offered,drawn\n1,Open,2025-02-01,\n").moves[1].time)
      << "at the time of the call";
}

TEST(MappingErrorsTest, KeysOfOtherKindsAreRefused) {
  const auto mapping = Mapping::Parse(R"({"name": "x", "zone": "Mars/Olympus", "mode": "merge",
    "files": [{"entity": "lead", "file": "f", "key": ["a", ""], "encoding": "latin-99",
     "delimiter": ";;", "rows": {"skip": -1, "where": {"column": "a"}}, "from": {"file": "g"},
     "stages": {"a": "WON", "b": {"stage": "Bad Key"}},
     "fields": {"stage": {"column": "s", "on_error": "drop"}, "attributes.Bad": "x",
       "opened": {"column": "o", "format": "dd/mm"}, "owner": {"column": "o", "range": "low"}}}]})");
  std::vector<std::string> fields;
  const auto details = error::DetailsOf(mapping.status());
  ASSERT_TRUE(details);
  for (const auto& each : details->fields) fields.push_back(each.field);
  EXPECT_THAT(fields,
              testing::UnorderedElementsAre(
                  "zone", "mode", "files[0].encoding", "files[0].delimiter", "files[0].rows.skip",
                  "files[0].rows.where", "files[0].from.on", "files[0].key",
                  "files[0].fields.stage.on_error", "files[0].fields.attributes.Bad",
                  "files[0].fields.opened.format", "files[0].fields.owner.range",
                  "files[0].stages.a", "files[0].stages.b", "files[0].stages.b.stage"));
}

}  // namespace
}  // namespace crm::crmctl

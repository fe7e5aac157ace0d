#include "services/lead/domain/outcome_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using ::testing::ElementsAre;
using testing::Found;
using ::testing::IsEmpty;
using testing::kStart;
using testing::NewLead;

std::vector<std::string> Words(const Facts& facts) {
  std::vector<std::string> words;
  for (const Fact& fact : facts) {
    words.push_back(absl::StrCat(NameOf(kFactorNames, fact.factor), "=", fact.value));
  }
  return words;
}

TEST(OutcomeFacts, WhatIsNotKnownIsLeftOut) {
  Lead lead = NewLead();
  EXPECT_THAT(FactsOf(lead, kStart, {}), IsEmpty());
  lead.assessments = {Found(Criterion::kNeed, Finding::kUnknown)};
  lead.interests = {" "};
  EXPECT_THAT(FactsOf(lead, kStart, {}), IsEmpty());
}

TEST(OutcomeFacts, EveryFactorHasItsValue) {
  Lead lead = NewLead();
  lead.source = LeadSource::kReferral;
  lead.buying_role = BuyingRole::kAdviser;
  lead.interests = {"Loom  200", "carpets", "loom 200"};
  lead.activities.first_response = kStart + absl::Hours(2);
  lead.assessments = {
      Found(Criterion::kNeed, Finding::kMet), Found(Criterion::kAbility, Finding::kPartlyMet),
      Found(Criterion::kMarketPresence, Finding::kNotMet),
      Found(Criterion::kTimeframe, Finding::kMet), Found(Criterion::kAuthority, Finding::kNotMet)};
  EXPECT_THAT(Words(FactsOf(lead, kStart, {" Technical TEXTILES ", "Ireland", 250})),
              ElementsAre("SOURCE=REFERRAL", "BUYING_ROLE=ADVISER", "INDUSTRY=technical textiles",
                          "COMPANY_SIZE=250 to 999", "COUNTRY=ireland", "INTEREST=carpets",
                          "INTEREST=loom 200", "RESPONSE_TIME=within 1 day", "NEED=MET",
                          "ABILITY=PARTLY_MET", "MARKET_PRESENCE=NOT_MET", "TIMEFRAME=MET",
                          "AUTHORITY=NOT_MET"));
}

TEST(OutcomeFacts, WhoeverIsPersonalIsNoFact) {
  Lead lead = NewLead();
  const Facts before = FactsOf(lead, kStart, {});
  lead.owner = "mara";
  lead.source_detail = "Ada Moreau told us";
  lead.external_id = "4711";
  lead.disqualify_note = "Ada has left";
  EXPECT_EQ(FactsOf(lead, kStart, {}), before);
}

TEST(OutcomeFacts, ACallThatOpenedTheLeadIsNoResponse) {
  Lead lead = NewLead();
  lead.activities.first_response = kStart;
  EXPECT_THAT(FactsOf(lead, kStart, {}), IsEmpty());
  EXPECT_THAT(Words(FactsOf(lead, kStart - absl::Seconds(1), {})),
              ElementsAre("RESPONSE_TIME=within 1 hour"));
}

TEST(OutcomeFacts, BandsHaveTheirEnds) {
  const std::pair<int, const char*> sizes[] = {
      {0, "under 10"},     {9, "under 10"},     {10, "10 to 49"},
      {49, "10 to 49"},    {50, "50 to 249"},   {249, "50 to 249"},
      {250, "250 to 999"}, {999, "250 to 999"}, {1000, "1000 and more"}};
  for (const auto& [employees, band] : sizes) EXPECT_EQ(CompanySizeBand(employees), band);
  const absl::Duration moment = absl::Microseconds(1);
  const std::pair<absl::Duration, const char*> responses[] = {
      {moment, "within 1 hour"},
      {absl::Hours(1), "within 1 hour"},
      {absl::Hours(1) + moment, "within 1 day"},
      {absl::Hours(24), "within 1 day"},
      {absl::Hours(24) + moment, "within 1 week"},
      {absl::Hours(168), "within 1 week"},
      {absl::Hours(168) + moment, "later"}};
  for (const auto& [response, band] : responses) EXPECT_EQ(ResponseTimeBand(response), band);
}

}  // namespace
}  // namespace crm::lead

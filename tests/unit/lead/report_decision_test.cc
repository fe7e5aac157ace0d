// What reports of leads say, in cases worked out by hand: what was decided of them and what became
// of it.

#include <gmock/gmock.h>

#include "services/lead/domain/report_conversion.h"
#include "services/lead/domain/report_qualification.h"
#include "tests/unit/lead/lead_life.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

Verdict VerdictOf(Finding need, bool stale, int score) {
  Verdict verdict;
  verdict.outcome = VerdictOutcome::kQualified;
  verdict.score = score;
  verdict.results = {{Criterion::kNeed, true, 30, need, 30, IdOf(5), stale, ""}};
  return verdict;
}

Life Decided(LeadState state, double day, const Verdict& verdict) {
  Life life(0);
  life.Move(LeadState::kWorking, 1);
  life.facts().verdict = verdict;
  if (state == LeadState::kDisqualified) life.facts().disqualify_reason = DisqualifyReason::kNoNeed;
  return life.Move(state, day);
}

TEST(Qualification, TellsVerdictsScoresFindingsAndReasons) {
  const ReportQuery query = AsOf(60);
  QualificationReport report(query);
  Life overridden = Decided(LeadState::kQualified, 3, VerdictOf(Finding::kUnknown, false, 40));
  overridden.facts().qualification_overridden = true;
  overridden.Move(LeadState::kConverting, 4).Move(LeadState::kConverted, 4);
  AddAll(query,
         {Decided(LeadState::kQualified, 2, VerdictOf(Finding::kMet, false, 90)), overridden,
          Decided(LeadState::kDisqualified, 5, VerdictOf(Finding::kNotMet, true, 20)),
          Decided(LeadState::kQualified, 40, VerdictOf(Finding::kMet, false, 90))},
         report);
  const QualificationReport::Row& row = report.rows().total();
  EXPECT_EQ(row.decisions.qualified, 2) << "the last one was decided after the period";
  EXPECT_EQ(row.decisions.disqualified, 1);
  EXPECT_EQ(row.overridden, 1);
  EXPECT_EQ(row.scores.Mean(), 50);
  EXPECT_EQ(row.scores.Percentile(50), 40);
  EXPECT_EQ(row.qualified_scores.count(), 2u);
  EXPECT_THAT(row.findings.at(Criterion::kNeed).counts, ElementsAre(1, 0, 0, 1));
  EXPECT_EQ(row.findings.at(Criterion::kNeed).stale, 1) << "whatever it had found";
  EXPECT_THAT(row.reasons, ElementsAre(Pair(DisqualifyReason::kNoNeed, 1)));
}

TEST(Qualification, WhatWentBackToWorkingIsUndecided) {
  const ReportQuery query = AsOf(30);
  QualificationReport report(query);
  Life again = Decided(LeadState::kQualified, 2, VerdictOf(Finding::kMet, false, 90));
  again.Move(LeadState::kWorking, 3);
  Life failed = Decided(LeadState::kQualified, 2, VerdictOf(Finding::kMet, false, 90));
  failed.Move(LeadState::kConverting, 29).Move(LeadState::kQualified, 29);
  AddAll(query, {again, failed}, report);
  EXPECT_EQ(report.rows().total().decisions.qualified, 1);
  ReportQuery before = AsOf(2.5);
  QualificationReport then(before);
  AddAll(before, {again}, then);
  EXPECT_EQ(then.rows().total().decisions.qualified, 1);
}

// Fault of others: what was disqualified or lost is taken for what was not looked at for longer.
TEST(Conversion, BeingDisqualifiedExcludesConversion) {
  const ReportQuery query = AsOf(10);
  ConversionReport report(query, {1, 2, 9});
  AddAll(query,
         {Life(0).Move(LeadState::kDisqualified, 1), Life(0).Converted(2).Sale(SaleState::kWon, 3),
          Life(0).Converted(2), Life(8)},
         report);
  const ConversionReport::Row& row = report.rows().total();
  EXPECT_EQ(row.created, 4);
  EXPECT_EQ(row.converted, 2);
  EXPECT_EQ(row.won, 1);
  const auto shares = row.conversions.After(report.days());
  EXPECT_DOUBLE_EQ(shares[0].lost, 0.25);
  // At two days three are there, the one of the eighth day among them.
  EXPECT_DOUBLE_EQ(shares[1].won, 0.5);
  EXPECT_DOUBLE_EQ(shares[2].open, 0.25);
  const auto sales = row.sales.After(report.days());
  EXPECT_DOUBLE_EQ(sales[2].won, 0.375);
  EXPECT_DOUBLE_EQ(sales[2].lost, 0.25);
  EXPECT_EQ(row.mature[1].leads, 4);
  EXPECT_EQ(row.mature[1].converted, 2);
  EXPECT_EQ(row.mature[2].leads, 3) << "the youngest is two days old";
}

}  // namespace
}  // namespace crm::lead::testing

// What writes of opportunities that are no moves make public.

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "crm/event/v1/stage_event.pb.h"
#include "services/opportunity/domain/opportunity_deletion.h"
#include "services/opportunity/domain/personal_data.h"
#include "services/opportunity/store/opportunity_published.h"
#include "tests/contract/opportunity/store_fixture.h"

namespace crm::opportunity::testing {
namespace {

using aggregate::Change;
using aggregate::Creation;
using event::v1::StageChanged;
using ::testing::ElementsAre;

class RecordChanges : public StoreTest {
 protected:
  RecordChanges() {
    repository_.emplace(*pool_, publishing_, clock_, [] {});
  }

  // The events so far, in the order of the outbox.
  std::vector<StageChanged> Events() {
    const std::string rows = PostgresServer::Shared().Run(
        database_, "SELECT encode(payload, 'hex') FROM crm_opportunity.outbox_in ORDER BY id");
    std::vector<StageChanged> events;
    for (const absl::string_view row : absl::StrSplit(rows, '\n', absl::SkipEmpty())) {
      StageChanged& event = events.emplace_back();
      EXPECT_TRUE(event.ParseFromString(absl::HexStringToBytes(row)));
    }
    return events;
  }

  // "kind: field=before→after …" of each event.
  std::vector<std::string> Told() {
    std::vector<std::string> told;
    for (const StageChanged& event : Events()) {
      std::string& text = told.emplace_back(event.kind() + ":");
      for (const auto& field : event.changes()) {
        absl::StrAppend(&text, " ", field.field(), "=", field.before(), "→", field.after());
      }
    }
    return told;
  }

  crm::testing::SequenceIdGenerator ids_;
  const OpportunityTable publishing_{nullptr, &ids_};
};

OpportunityEdit CloseOn(absl::CivilDay day) {
  OpportunityEdit edit;
  edit.expected_close_date.emplace(day);
  return edit;
}

TEST_F(RecordChanges, AnEditIsOneEventInItsPlaceAmongTheMoves) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  Change<Opportunity> edit = EditOf(1, CloseOn(absl::CivilDay(2026, 5, 1)));
  edit.author = {"anna", "UpdateOpportunity"};
  edit.request = idempotency::Request{Id(77), "0123456789abcdef"};
  Change<Opportunity> move = MoveTo(1, "proposal", 2);
  Change<Opportunity> again = EditOf(1, CloseOn(absl::CivilDay(2026, 6, 1)));
  Change<Opportunity> back = MoveTo(1, "discovery", 3);
  Update(edit, move, again, back);
  ASSERT_TRUE(back.outcome.ok()) << back.outcome.status();
  EXPECT_THAT(Told(), ElementsAre("OPENED:", "CHANGED: expected_close_date=→2026-05-01", "MOVED:",
                                  "CHANGED: expected_close_date=2026-05-01→2026-06-01", "MOVED:"));
  const StageChanged event = Events()[1];
  EXPECT_EQ(event.type(), "crm.opportunity.opportunity.record_changed.v1");
  EXPECT_EQ(event.subject(), OpportunityName(Id(1)));
  EXPECT_EQ(event.tenant(), "acme");
  EXPECT_EQ(event.version(), 0);
  EXPECT_EQ(event.revision(), 2);
  EXPECT_EQ(event.actor(), "anna");
  EXPECT_EQ(event.method(), "UpdateOpportunity");
  EXPECT_EQ(event.request_id(), Id(77).ToString());
  EXPECT_EQ(event.lead(), absl::StrCat("leads/", LeadOf(1).ToString()));
  EXPECT_EQ(event.recorded_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(event.to_stage(), "");
}

TEST_F(RecordChanges, WhatChangesNothingIsNoEvent) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  Change<Opportunity> edit = EditOf(1, CloseOn(absl::CivilDay(2026, 5, 1)));
  edit.request = idempotency::Request{Id(77), "0123456789abcdef"};
  Change<Opportunity> same = EditOf(1, CloseOn(absl::CivilDay(2026, 5, 1)));
  Change<Opportunity> refused = By(1, [](Opportunity&) { return absl::AbortedError("no"); });
  Update(edit, same, refused);
  Change<Opportunity> repeated = EditOf(1, CloseOn(absl::CivilDay(2026, 5, 1)));
  repeated.request = idempotency::Request{Id(77), "0123456789abcdef"};
  Update(repeated);
  EXPECT_EQ(Told().size(), 2u);
}

TEST_F(RecordChanges, ValuesAreSpelledAsDocumented) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  OpportunityEdit edit = CloseOn(absl::CivilDay(2026, 5, 1));
  edit.owner = "agent-8";
  edit.amount.emplace(base::Money{"EUR", 120000});
  edit.probability.emplace(45);
  edit.category.emplace(ForecastCategory::kCommit);
  edit.next_step = NextStep{"call Mrs Smith", std::nullopt};
  Change<Opportunity> change = EditOf(1, edit);
  Change<Opportunity> deletion =
      By(1, [](Opportunity& it) { return Delete(it, DefaultPipeline(), On(9)); });
  Update(change, deletion);
  ASSERT_TRUE(deletion.outcome.ok()) << deletion.outcome.status();
  EXPECT_THAT(
      Told(),
      ElementsAre("OPENED:",
                  "CHANGED: owner=agent-7→agent-8 amount=→EUR 120000 "
                  "expected_close_date=→2026-05-01 probability=20→45 probability_manual=false→true "
                  "forecast_category=PIPELINE→COMMIT forecast_category_manual=false→true "
                  "next_step=→UNDATED",
                  "LOST: delete_time=→2026-03-10T00:00:00Z"));
}

TEST_F(RecordChanges, AMovesEventTellsWhatElseItsWriteChanged) {
  Creation<Opportunity> creation = New(1);
  creation.aggregate.next_step = {"call", absl::CivilDay(2026, 4, 1)};
  creation.aggregate.lead_source = LeadSource::kWeb;
  creation.aggregate.expected_close_date = absl::CivilDay(2026, 5, 1);
  Create(creation);
  Change<Opportunity> lose = By(1, [](Opportunity& it) {
    return Lose(it, DefaultPipeline(), On(5), LossReason::kPrice, "too dear", "Acme");
  });
  Update(lose);
  ASSERT_TRUE(lose.outcome.ok()) << lose.outcome.status();
  EXPECT_THAT(Told(), ElementsAre("OPENED: next_step=→2026-04-01 lead_source=→WEB", "LOST:"));
  const StageChanged opened = Events()[0];
  EXPECT_EQ(opened.type(), "crm.opportunity.opportunity.stage_changed.v1");
  EXPECT_EQ(opened.version(), 1);
  EXPECT_EQ(opened.revision(), 1);
}

TEST_F(RecordChanges, NothingPersonalIsPublished) {
  Creation<Opportunity> creation = New(1, "canary-id");
  creation.aggregate.display_name = "canary";
  Create(creation);
  OpportunityEdit edit;
  edit.display_name = "canary 2";
  edit.external_id = "canary-id 2";
  edit.needs = {{"canary", NeedStrength::kStrong, kStart, "canary"}};
  edit.present_supplier = {SupplierStatus::kReleased, "canary", absl::CivilDay(2026, 1, 1)};
  edit.payment_terms = {PaymentTermsStatus::kAgreed, 30, {}, "canary"};
  edit.interests.emplace().push_back("canary");
  edit.competitors.emplace().push_back({"canary", CompetitorStatus::kOut, "canary"});
  edit.next_step = NextStep{"canary", absl::CivilDay(2026, 4, 1)};
  edit.team.emplace().push_back({"agent-9", "canary"});
  edit.attributes.emplace().emplace("canary", "canary");
  Change<Opportunity> change = EditOf(1, edit);
  Update(change);
  ASSERT_TRUE(change.outcome.ok()) << change.outcome.status();
  const std::vector<StageChanged> events = Events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].changes_size(), 10);
  for (const StageChanged& event : events) {
    EXPECT_EQ(event.SerializeAsString().find("canary"), std::string::npos)
        << event.ShortDebugString();
  }
}

TEST_F(RecordChanges, EveryFieldHasItsRuleAndNoPersonalOneIsPublishedWhole) {
  const auto stored = OpportunityFieldTable();
  const auto published = PublishedFields();
  ASSERT_EQ(published.size(), stored.size());
  for (size_t i = 0; i < stored.size(); ++i) {
    EXPECT_STREQ(published[i].name, stored[i].name);
    for (const base::PersonalField& personal : PersonalDataOfOpportunities().fields) {
      if (stored[i].name != absl::string_view(personal.name)) continue;
      // Of a next step only whether there is one, and when it is due.
      const bool in_part = absl::string_view(personal.name) == "next_step";
      EXPECT_EQ(published[i].text != nullptr, in_part) << personal.name;
    }
  }
}

}  // namespace
}  // namespace crm::opportunity::testing

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/aggregate/pg_repository.h"
#include "services/lead/store/lead_reader.h"
#include "services/lead/store/lead_table.h"
#include "services/lead/store/pg_conversion_book.h"
#include "tests/contract/lead/schema.h"
#include "tests/support/postgres_server.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using ::crm::testing::PostgresServer;
using testing::AConversion;
using testing::At;
using testing::IdOf;
using testing::kStart;

const absl::Time kForEver = absl::InfiniteFuture();

class LeadStoreTest : public ::testing::Test {
 protected:
  LeadStoreTest() {
    PostgresServer& postgres = PostgresServer::Shared();
    database_ = postgres.CreateDatabase();
    postgres.CreateSchema(database_, "crm_lead");
    const auto migrated =
        pg::Migrate({postgres.Url(database_), "crm_lead", "test"}, testing::SchemaMigrations());
    EXPECT_TRUE(migrated.ok()) << migrated.status();
    pool_ = std::make_unique<pg::Pool>(
        pg::ConnectionOptions{postgres.Url(database_, "crm_lead_app"), "crm_lead", "test"}, 4);
    leads_ = std::make_unique<aggregate::PgRepository<Lead>>(*pool_, table_, clock_, [] {});
    reader_ = std::make_unique<LeadReader>(*pool_);
    book_ = std::make_unique<PgConversionBook>(*pool_);
  }
  ~LeadStoreTest() override {
    pool_.reset();
    PostgresServer::Shared().DropDatabase(database_);
  }

  static Lead FullLead() {
    Lead lead = testing::NewLead();
    lead.source = LeadSource::kPartner;
    lead.source_detail = "Fair \"Zürich\", {hall 3}\\";
    lead.interests = {"GTX Pro", "quote \" and , comma", "Ünïcode 漢字"};
    lead.buying_role = BuyingRole::kInfluencer;
    lead.external_id = "ext'1";
    return lead;
  }

  absl::Status Create(const Lead& lead) {
    aggregate::Creation<Lead> creation;
    creation.aggregate = lead;
    creation.answer = [](const Lead&) { return "made"; };
    aggregate::Creation<Lead>* item = &creation;
    leads_->Create(absl::MakeSpan(&item, 1), kForEver);
    return creation.outcome.status();
  }

  absl::Status Change(const base::Uuid& id, std::function<absl::Status(Lead&)> rule) {
    aggregate::Change<Lead> change;
    change.key = {"acme", id};
    change.apply = std::move(rule);
    change.answer = [this](const Lead& lead) {
      written_ = lead;
      return "done";
    };
    aggregate::Change<Lead>* item = &change;
    leads_->Update(absl::MakeSpan(&item, 1), kForEver);
    return change.outcome.status();
  }

  Lead Stored(const base::Uuid& id = IdOf(1)) {
    const aggregate::Key key{"acme", id};
    return **leads_->Get(absl::MakeConstSpan(&key, 1), kForEver)->begin();
  }

  std::string Sql(const std::string& sql) {
    return PostgresServer::Shared().Run(database_, "SET search_path = crm_lead; " + sql);
  }

  std::string database_;
  base::FakeClock clock_{kStart + absl::Hours(5)};
  const LeadTable table_;
  std::unique_ptr<pg::Pool> pool_;
  std::unique_ptr<aggregate::PgRepository<Lead>> leads_;
  std::unique_ptr<LeadReader> reader_;
  std::unique_ptr<PgConversionBook> book_;
  Lead written_;
};

TEST_F(LeadStoreTest, ANewLeadIsReadBackWhole) {
  Lead lead = FullLead();
  ASSERT_TRUE(Create(lead).ok());
  lead.collected = {};
  lead.revision = 1;
  lead.create_time = lead.update_time = clock_.Now();
  EXPECT_EQ(Stored(), lead);
  EXPECT_EQ(Sql("SELECT version, from_stage, to_stage FROM stage_history"), "1||NEW");
}

TEST_F(LeadStoreTest, EveryFieldOfAChangedLeadIsReadBack) {
  ASSERT_TRUE(Create(FullLead()).ok());
  const absl::Status changed = Change(IdOf(1), [](Lead& lead) {
    Activity activity = testing::Did(ActivityType::kCall, ActivityDirection::kOutbound);
    activity.summary = "said: \"yes\"";
    EXPECT_TRUE(LogActivity(lead, activity, At(kStart), "activity").ok());
    for (Assessment found : testing::FullEvidence()) {
      found.observation = "seen it, \\ and \"heard\" it";
      found.assessor = "agent";
      if (found.criterion == Criterion::kTimeframe) {
        found.expected_purchase_date = absl::CivilDay(2026, 2, 28);
      }
      if (found.criterion == Criterion::kAbility) {
        found.budget = base::Money{"JPY", 1'000'000};
        found.budget_status = BudgetStatus::kApproved;
      }
      EXPECT_TRUE(Assess(lead, found, DefaultPolicy(), At(kStart)).ok());
    }
    EXPECT_TRUE(Qualify(lead, DefaultPolicy(), "", At(kStart)).ok());
    Conversion conversion = AConversion();
    conversion.plan = {"A sale", base::Money{"USD", 12}, absl::CivilDay(2026, 5, 6),
                       "other",  "pipelines/default",    "why not"};
    conversion.actor = "agent";
    conversion.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    return StartConversion(lead, conversion, "", At(kStart));
  });
  ASSERT_TRUE(changed.ok()) << changed;
  written_.collected = {};
  EXPECT_EQ(Stored(), written_);
  EXPECT_EQ(Stored().verdict->results.size(), 5u);
  EXPECT_EQ(Sql("SELECT count(*) FROM activity"), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM assessment"), "4");
  EXPECT_EQ(Sql("SELECT state FROM conversion"), "STARTED");
  EXPECT_EQ(Sql("SELECT string_agg(to_stage, ',' ORDER BY version) FROM stage_history"),
            "NEW,WORKING,QUALIFIED,CONVERTING");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_in"), "4");
}

TEST_F(LeadStoreTest, AnEditIsReadBackAndLeavesAllElse) {
  ASSERT_TRUE(Create(FullLead()).ok());
  const absl::Status disqualified = Change(IdOf(1), [](Lead& lead) {
    EXPECT_TRUE(Assess(lead, testing::Found(Criterion::kNeed, Finding::kNotMet), DefaultPolicy(),
                       At(kStart))
                    .ok());
    return Disqualify(lead, DisqualifyReason::kOther, "a note", DefaultPolicy(), At(kStart));
  });
  ASSERT_TRUE(disqualified.ok()) << disqualified;
  Lead expected = written_;
  const auto set = [](Lead& lead) {
    lead.owner = "another";
    lead.source = LeadSource::kEvent;
    lead.source_detail = "booth \\";
    lead.interests = {"MG \"Advanced\""};
    lead.buying_role = BuyingRole::kBuyer;
    lead.external_id = "";
  };
  ASSERT_TRUE(Change(IdOf(1), [&](Lead& lead) { return Edit(lead, set); }).ok());
  set(expected);
  expected.revision = 3;
  expected.update_time = clock_.Now();
  expected.collected = {};
  EXPECT_EQ(Stored(), expected);
  // The same again changes nothing.
  ASSERT_TRUE(Change(IdOf(1), [&](Lead& lead) { return Edit(lead, set); }).ok());
  EXPECT_EQ(Stored(), expected);
}

TEST_F(LeadStoreTest, ATakenIdOrExternalIdIsRefused) {
  ASSERT_TRUE(Create(FullLead()).ok());
  Lead same_id = FullLead();
  same_id.external_id = "";
  const absl::Status by_id = Create(same_id);
  EXPECT_EQ(by_id.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(testing::MetadataOf(by_id, "field"), "lead_id");
  Lead same_external = FullLead();
  same_external.id = IdOf(9);
  const absl::Status by_external = Create(same_external);
  EXPECT_EQ(error::ReasonOf(by_external), error::kDuplicateId);
  EXPECT_EQ(testing::MetadataOf(by_external, "field"), "external_id");
  EXPECT_EQ(testing::MetadataOf(by_external, "existing"), LeadName(IdOf(1)));
  Lead other_tenant = FullLead();
  other_tenant.tenant = "other";
  EXPECT_TRUE(Create(other_tenant).ok());
}

TEST_F(LeadStoreTest, AnExternalIdCannotBeTakenByAnUpdate) {
  ASSERT_TRUE(Create(FullLead()).ok());
  Lead other = FullLead();
  other.id = IdOf(9);
  other.external_id = "ext2";
  ASSERT_TRUE(Create(other).ok());
  const auto rename = [](const std::string& to) {
    return [to](Lead& lead) { return Edit(lead, [&](Lead& edited) { edited.external_id = to; }); };
  };
  const absl::Status taken = Change(IdOf(9), rename("ext'1"));
  EXPECT_EQ(error::ReasonOf(taken), error::kDuplicateId) << taken;
  EXPECT_TRUE(Change(IdOf(9), rename("ext3")).ok());
  EXPECT_TRUE(Change(IdOf(9), rename("")).ok());
  EXPECT_TRUE(Change(IdOf(1), rename("")).ok());
}

TEST_F(LeadStoreTest, AssessmentsAreKnownAsTheyWereOnRecord) {
  ASSERT_TRUE(Create(FullLead()).ok());
  for (const int hour : {1, 2}) {
    ASSERT_TRUE(Change(IdOf(1), [hour](Lead& lead) {
                  Assessment found =
                      testing::Found(Criterion::kNeed, hour == 1 ? Finding::kMet : Finding::kNotMet,
                                     kStart + absl::Hours(hour));
                  found.id = IdOf(300 + static_cast<uint64_t>(hour));
                  return Assess(lead, found, DefaultPolicy(), At(kStart + absl::Hours(3)));
                }).ok());
  }
  const auto as_of = [this](absl::Duration later) {
    return *reader_->AssessmentsAsOf({"acme", IdOf(1)}, kStart + later, kForEver);
  };
  EXPECT_TRUE(as_of(absl::Minutes(59)).empty());
  EXPECT_EQ(as_of(absl::Hours(1))[0].finding, Finding::kMet);
  EXPECT_EQ(as_of(absl::Hours(2))[0].finding, Finding::kNotMet);
  EXPECT_EQ(as_of(absl::Hours(2)), Stored().assessments);
}

class ConversionBookTest : public LeadStoreTest {
 protected:
  void StartOn(const base::Uuid& lead, const Conversion& conversion) {
    Lead fresh = FullLead();
    fresh.id = lead;
    fresh.external_id = "";
    ASSERT_TRUE(Create(fresh).ok());
    last_ = Change(lead, [&](Lead& l) {
      l.state = LeadState::kQualified;
      l.activities.two_way = true;
      return StartConversion(l, conversion, "", At(kStart + absl::Hours(5)));
    });
  }
  absl::Status last_;
};

TEST_F(ConversionBookTest, ARequestIdBeginsOneConversionOnly) {
  StartOn(IdOf(1), AConversion());
  ASSERT_TRUE(last_.ok()) << last_;
  StartOn(IdOf(2), AConversion());
  EXPECT_EQ(error::ReasonOf(last_), error::kRequestIdReused) << last_;
  EXPECT_EQ(Stored(IdOf(2)).state, LeadState::kNew);
}

TEST_F(ConversionBookTest, KnowsWhatHasBegun) {
  StartOn(IdOf(1), AConversion());
  const Conversion other = AConversion(51);
  const ConversionQuestion questions[] = {{"acme", other.request_id, other.id},
                                          {"acme", IdOf(50), AConversion().id},
                                          {"other", IdOf(50), AConversion().id}};
  const auto known = *book_->LookUp(questions, kForEver);
  ASSERT_EQ(known.size(), 3u);
  EXPECT_FALSE(known[0].lead.has_value());
  EXPECT_EQ(known[1].lead, IdOf(1));
  EXPECT_EQ(known[1].conversion_hash, AConversion().request_hash);
  EXPECT_FALSE(known[1].answered_hash.has_value());
  EXPECT_FALSE(known[2].lead.has_value());
}

TEST_F(ConversionBookTest, HandsOutWhatIsDueToOneAtATime) {
  StartOn(IdOf(1), AConversion());
  const absl::Time now = clock_.Now();
  EXPECT_TRUE(book_->TakeDue(now, now + absl::Seconds(30), 10, kForEver)->empty());
  const absl::Time later = now + absl::Minutes(1);
  const auto due = *book_->TakeDue(later, later + absl::Seconds(30), 10, kForEver);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].lead, IdOf(1));
  EXPECT_EQ(due[0].attempt, 1);
  EXPECT_TRUE(book_->TakeDue(later, later + absl::Seconds(30), 10, kForEver)->empty());
  const Postponement soon{"acme", AConversion().id, later, "UNAVAILABLE"};
  ASSERT_TRUE(book_->Postpone(absl::MakeConstSpan(&soon, 1), kForEver).ok());
  EXPECT_EQ(book_->TakeDue(later, later + absl::Seconds(30), 10, kForEver)->at(0).attempt, 2);
  EXPECT_EQ(Sql("SELECT last_error FROM conversion"), "UNAVAILABLE");
}

TEST_F(ConversionBookTest, FinishedConversionsAreNeverDue) {
  StartOn(IdOf(1), AConversion());
  ASSERT_TRUE(Change(IdOf(1), [](Lead& lead) {
                return FinishConversion(lead, AConversion().id, At(kStart + absl::Hours(6)));
              }).ok());
  const absl::Time later = clock_.Now() + absl::Hours(1);
  EXPECT_TRUE(book_->TakeDue(later, later, 10, kForEver)->empty());
  EXPECT_EQ(Sql("SELECT state FROM conversion"), "COMPLETED");
  written_.collected = {};
  EXPECT_EQ(Stored(), written_);
  EXPECT_EQ(Stored().conversion->state, ConversionState::kCompleted);
}

TEST_F(ConversionBookTest, AnAbandonedConversionKeepsItsCause) {
  StartOn(IdOf(1), AConversion());
  ASSERT_TRUE(Change(IdOf(1), [](Lead& lead) {
                return AbandonConversion(lead, AConversion().id, "STAGE_UNKNOWN",
                                         At(kStart + absl::Hours(6)));
              }).ok());
  EXPECT_EQ(Stored().conversion->refusal, "STAGE_UNKNOWN");
  EXPECT_EQ(Stored().conversion->state, ConversionState::kCompensated);
}

TEST_F(LeadStoreTest, TheApplicationMayNotRewriteEvidence) {
  for (const char* table : {"activity", "assessment", "stage_history"}) {
    EXPECT_EQ(Sql(absl::StrCat("SELECT has_table_privilege('crm_lead_app', '", table,
                               "', 'UPDATE') OR has_table_privilege('crm_lead_app', '", table,
                               "', 'DELETE')")),
              "f");
  }
}

}  // namespace
}  // namespace crm::lead

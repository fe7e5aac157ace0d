// The effect behind the real consumer: each event exactly once, bad ones become dead letters.

#include "common/event/consumer.h"

#include <limits>

#include "common/event/dead_letters.h"
#include "common/serving/dead_letter_command.h"
#include "common/stage/envelope.h"
#include "common/stage/stage_effect.h"
#include "tests/integration/contact/lifecycle_fixture.h"
#include "tests/support/await.h"

namespace crm::contact::testing {
namespace {

using ::crm::testing::Await;

class LifecycleConsumer : public LifecycleTest {
 protected:
  std::unique_ptr<event::Consumer> Reader(const std::string& neighbour, FakeSource& source,
                                          int batch = 500) {
    event::ConsumerOptions options;
    options.name = "contact.lifecycle";
    options.stream = "crm:stage-events:" + neighbour + ":0";
    options.database = options_;
    options.redis.url = "redis://127.0.0.1:1/0";  // away: everything comes from the source
    options.batch_size = batch;
    options.max_attempts = 2;
    options.block = absl::Milliseconds(20);
    options.max_backoff = absl::Milliseconds(50);
    options.missed_letters = missed_letters_;
    auto consumer = std::make_unique<event::Consumer>(options, stage::DecodeEntry, &source,
                                                      stage::EffectOf(effect_), &metrics_);
    consumer->Start();
    return consumer;
  }

  void AwaitPosition(const std::string& neighbour, const FakeSource& source) {
    const std::string sql =
        "SELECT last_seq FROM consumer_inbox WHERE stream = 'crm:stage-events:" + neighbour + ":0'";
    EXPECT_TRUE(Await(kPatience, [&] { return Sql(sql) == std::to_string(source.last()); }))
        << Sql(sql) << " of " << source.last();
  }

  static event::v1::StageChanged From(const std::string& from, event::v1::StageChanged change) {
    const bool is_lead = change.source() == "/crm/lead";
    (is_lead ? change.set_from_stage(from) : change.set_from_stage_type(from));
    return change;
  }

  absl::Duration missed_letters_ = absl::Hours(1);
  metrics::Registry metrics_;
  FakeSource leads_;
  FakeSource deals_;
  const event::Effect replay_effect_ = stage::EffectOf(effect_);
};

TEST_F(LifecycleConsumer, BothStreamsTogetherMakeCustomersAndAccounts) {
  const base::Uuid acme = AddContact("Acme");
  const base::Uuid anna = AddContact("Anna", &acme);
  for (int i = 0; i < 40; ++i) {
    const base::Uuid lead = ids_.New();
    const base::Uuid deal = ids_.New();
    leads_.Append(Lead(lead, anna, 1, "NEW"));
    leads_.Append(From("NEW", Lead(lead, anna, 2, "QUALIFIED")));
    event::v1::StageChanged converted = From("QUALIFIED", Lead(lead, anna, 3, "CONVERTED"));
    converted.set_opportunity("opportunities/" + deal.ToString());
    leads_.Append(converted);
    deals_.Append(Deal(deal, anna, 1, "OPEN"));
    deals_.Append(From("OPEN", Deal(deal, anna, 2, "OPEN")));
    deals_.Append(
        From("OPEN", Deal(deal, anna, 3, i % 2 == 0 ? "WON" : "LOST", i % 2 == 0 ? 100 : 0)));
  }
  {
    const auto lead_reader = Reader("lead", leads_, 7);
    const auto deal_reader = Reader("opportunity", deals_, 5);
    AwaitPosition("lead", leads_);
    AwaitPosition("opportunity", deals_);
  }
  EXPECT_EQ(Sql("SELECT display_name, stage FROM contact ORDER BY 1"),
            "Acme|CUSTOMER\nAnna|CUSTOMER");
  EXPECT_EQ(Sql("SELECT win_count, win_sums, stage_version FROM account"), "20|{\"USD\": 2000}|20");
  EXPECT_EQ(Sql("SELECT live_leads, live_opportunities FROM contact_lifecycle"), "0|0");
  EXPECT_EQ(Sql("SELECT count(*), count(DISTINCT event_id) FROM outbox_in "),
            Sql("SELECT count(*), count(*) FROM stage_history"));
  EXPECT_EQ(Sql("SELECT count(*) FROM dead_letter"), "0");
}

TEST_F(LifecycleConsumer, AnEventOfAnUnknownContactIsGivenUpOnAndCanBeReplayed) {
  const base::Uuid acme = AddContact("Acme");
  const base::Uuid stranger = ids_.New();
  deals_.Append(Deal(ids_.New(), acme, 1, "OPEN"));
  deals_.Append(Deal(ids_.New(), stranger, 1, "WON", 5));
  deals_.Append(Deal(ids_.New(), acme, 1, "WON", 7));
  {
    const auto reader = Reader("opportunity", deals_);
    AwaitPosition("opportunity", deals_);
  }
  EXPECT_EQ(Sql("SELECT win_count FROM account"), "1") << "its neighbours have had their effect";
  pg::Pool pool(options_, 1);
  const base::Deadline deadline = absl::Now() + kPatience;
  const auto letters = event::ListDeadLetters(pool, "contact.lifecycle", 10, deadline);
  ASSERT_TRUE(letters.ok() && letters->size() == 1) << letters.status();
  EXPECT_EQ((*letters)[0].sequence, 2);

  AddContactAs(stranger, "Late");
  const base::Clock& clock = base::SystemClock::Instance();
  EXPECT_TRUE(
      serving::RunDeadLetters(pool, clock, {{kLifecycleConsumer, replay_effect_}}, {}).ok());
  EXPECT_EQ(serving::RunDeadLetters(pool, clock, {{kLifecycleConsumer, replay_effect_}}, {"replay"})
                .code(),
            absl::StatusCode::kInvalidArgument);
  const std::vector<std::string> replay = {"replay", (*letters)[0].stream, "2"};
  EXPECT_TRUE(
      serving::RunDeadLetters(pool, clock, {{kLifecycleConsumer, replay_effect_}}, replay).ok());
  EXPECT_FALSE(
      serving::RunDeadLetters(pool, clock, {{kLifecycleConsumer, replay_effect_}}, replay).ok())
      << "only once";
  EXPECT_EQ(Sql("SELECT stage FROM contact WHERE display_name = 'Late'"), "CUSTOMER");
  EXPECT_EQ(Sql("SELECT count(*) FROM account"), "2");
}

TEST_F(LifecycleConsumer, AnUnknownContactIsCountedWhenItAppears) {
  const base::Uuid stranger = ids_.New();
  const base::Uuid deal = ids_.New();
  deals_.Append(Deal(deal, stranger, 1, "OPEN"));
  deals_.Append(From("OPEN", Deal(deal, stranger, 2, "WON", 5)));
  missed_letters_ = absl::Milliseconds(50);
  const auto reader = Reader("opportunity", deals_);
  AwaitPosition("opportunity", deals_);
  EXPECT_EQ(Sql("SELECT count(*) FROM dead_letter WHERE replay_time IS NULL"), "2");
  AddContactAs(stranger, "Late");
  EXPECT_TRUE(Await(kPatience, [&] {
    return Sql("SELECT count(*) FROM dead_letter WHERE replay_time IS NULL") == "0";
  }));
  EXPECT_EQ(Sql("SELECT stage FROM contact"), "CUSTOMER");
  EXPECT_EQ(Sql("SELECT win_count FROM account"), "1");
}

TEST_F(LifecycleConsumer, AReplayDoesNotUndoWhatCameAfterIt) {
  const base::Uuid acme = AddContact("Acme");
  const base::Uuid large = ids_.New();
  const base::Uuid small = ids_.New();
  deals_.Append(Deal(large, acme, 1, "WON", std::numeric_limits<int64_t>::max()));
  deals_.Append(Deal(small, acme, 1, "OPEN"));
  deals_.Append(From("OPEN", Deal(small, acme, 2, "WON", 1)));  // more than the sum can hold
  deals_.Append(From("WON", Deal(small, acme, 3, "OPEN")));
  deals_.Append(From("OPEN", Deal(small, acme, 4, "OPEN")));
  deals_.Append(From("WON", Deal(large, acme, 2, "LOST")));
  {
    const auto reader = Reader("opportunity", deals_);
    AwaitPosition("opportunity", deals_);
  }
  ASSERT_EQ(Sql("SELECT seq FROM dead_letter"), "3");
  pg::Pool pool(options_, 1);
  EXPECT_TRUE(serving::RunDeadLetters(pool, base::SystemClock::Instance(),
                                      {{kLifecycleConsumer, replay_effect_}},
                                      {"replay", "crm:stage-events:opportunity:0", "3"})
                  .ok());
  EXPECT_EQ(Sql("SELECT win_count FROM account"), "0");
  EXPECT_EQ(Sql("SELECT live_leads, live_opportunities FROM contact_lifecycle"), "0|1");
}

TEST_F(LifecycleConsumer, ReadersThatComeAndGoTakeEachEventOnce) {
  const base::Uuid acme = AddContact("Acme");
  for (int i = 0; i < 60; ++i) deals_.Append(Deal(ids_.New(), acme, 1, "WON", 1));
  for (int round = 0; round < 4; ++round) {
    const auto first = Reader("opportunity", deals_, 3);
    const auto second = Reader("opportunity", deals_, 4);
    for (int i = 0; i < 10; ++i) deals_.Append(Deal(ids_.New(), acme, 1, "WON", 1));
  }
  const auto last = Reader("opportunity", deals_);
  AwaitPosition("opportunity", deals_);
  EXPECT_EQ(Sql("SELECT win_count, win_sums, stage_version FROM account"),
            "100|{\"USD\": 100}|100");
}

}  // namespace
}  // namespace crm::contact::testing

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/event/consumer.h"
#include "common/event/relay.h"
#include "common/pg/params.h"
#include "common/stage/envelope.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event::testing {

using crm::testing::Await;

inline constexpr pg::Statement kNote = {
    "test_note", "INSERT INTO applied (seq, event_id) VALUES ($1::bigint, $2::text)"};

// An effect: one row per event, in a table that would take any event twice.
inline absl::Status Note(pg::Transaction& transaction, absl::Span<const Event> events) {
  for (const Event& event : events) {
    CRM_RETURN_IF_ERROR(transaction.Defer(kNote, pg::MakeParams(event.sequence, event.id)));
  }
  return absl::OkStatus();
}

class ConsumerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pipeline_.Sql(
        "SET search_path TO crm_lead;"
        "CREATE TABLE applied (n bigserial PRIMARY KEY, seq bigint, event_id text);"
        "GRANT SELECT, INSERT ON applied TO crm_lead_app;"
        "GRANT USAGE ON SEQUENCE applied_n_seq TO crm_lead_app");
    relay_ = pipeline_.StartRelay();
  }

  ConsumerOptions Options() {
    ConsumerOptions options;
    options.name = "test";
    options.stream = kStream;
    options.database = pipeline_.Database("app");
    options.database.application_name = "consumer";
    options.redis = pipeline_.Redis();
    options.block = absl::Milliseconds(100);
    options.max_backoff = absl::Milliseconds(200);
    return options;
  }

  std::unique_ptr<Consumer> StartConsumer(Effect effect = Note) {
    return StartConsumer(Options(), std::move(effect));
  }
  std::unique_ptr<Consumer> StartConsumer(ConsumerOptions options, Effect effect = Note) {
    auto consumer = std::make_unique<Consumer>(std::move(options), stage::DecodeEntry, &source_,
                                               std::move(effect), &pipeline_.registry);
    consumer->Start();
    return consumer;
  }

  void Publish(int moves) {
    for (int i = 0; i < moves; ++i) ASSERT_TRUE(pipeline_.Move(1 + i % 5).ok());
    published_ += moves;
    ASSERT_TRUE(pipeline_.AwaitStream(published_));
  }

  bool AwaitApplied(int64_t count) {
    return Await(absl::Seconds(20), [&] { return pipeline_.Count("applied") >= count; });
  }

  // Empty if exactly the log's events took effect, once each and in order.
  std::string FirstViolation() {
    return pipeline_.Sql(
        "SET search_path TO crm_lead;"
        "SELECT 'applied ' || coalesce(a.event_id, 'nothing') || ', logged ' ||"
        " coalesce(l.event_id::text, 'nothing') FROM (SELECT row_number() OVER (ORDER BY n) AS k,"
        " * FROM applied) a FULL JOIN event_log l ON l.seq = a.k"
        " WHERE a.seq IS DISTINCT FROM l.seq OR a.event_id IS DISTINCT FROM l.event_id::text"
        " ORDER BY l.seq LIMIT 1");
  }

  int64_t Position() {
    const std::string text =
        pipeline_.Sql("SELECT last_seq FROM crm_lead.consumer_inbox WHERE consumer = 'test'");
    return text.empty() ? 0 : std::stoll(text);
  }

  Pipeline pipeline_;
  LogSource source_{pipeline_.app.get()};
  std::unique_ptr<Relay> relay_;
  int64_t published_ = 0;
};

}  // namespace crm::event::testing

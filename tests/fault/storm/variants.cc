#include "tests/fault/storm/variants.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/fault/storm/faults.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

constexpr absl::Duration kLength = absl::Seconds(2);

StormOptions With(const std::string& failpoints) {
  return {.length = kLength,
          .replicas = 1,
          .impatient = 0,
          .programs = BuildFolder() + "/failpoints",
          .environment = absl::StrCat("CRM_FAILPOINTS=", failpoints)};
}

Verdict JudgeCalm(Storm& storm, absl::Duration until_settled) {
  storm.Calm();
  storm.Settle(until_settled);
  return storm.Judge();
}

void AcknowledgeEarly(Storm& storm, const char* wait) {
  storm.Sql(absl::StrCat("ALTER ROLE crm_opportunity_app SET synchronous_commit TO ", wait));
  storm.Sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = "
      "'crm_opportunity_app'");
}

// A crash a moment after something was acknowledged. Nothing forces it to disk meanwhile: the
// relay's transaction would, so that one is held up.
Fault CrashAfterAcknowledgement(StormStores& stores, Storm& storm, bool hold_relay) {
  return {"PostgreSQL crashes", [&stores, &storm, hold_relay](Random&) {
            std::optional<Command> holder;
            if (hold_relay) {
              holder.emplace(absl::StrCat(
                  "exec psql -X -q -d ", Quoted(storm.Url()),
                  " -c 'BEGIN; SELECT 1 FROM crm_opportunity.event_stream FOR UPDATE; SELECT "
                  "pg_sleep(60)'"));
              Await(absl::Seconds(10), [&] {
                return storm.Sql(
                           "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
                           "'BEGIN; %' AND wait_event = 'PgSleep'") == "1";
              });
            }
            const int64_t goal = storm.writers().acknowledged() + 3;
            const bool more =
                Await(absl::Seconds(10), [&] { return storm.writers().acknowledged() >= goal; });
            stores.postgres.Crash();
            stores.postgres.Start();
            return more;
          }};
}

void NotComparing(StormStores& stores, Verdict& verdict) {
  Storm storm(stores.Place(), With("publish_blindly=take"));
  storm.Rage({{"variant", Only(RedisFaults(stores.redis, Storm::StreamOf(0), false),
                               {"the stream is deleted"})}});
  verdict = JudgeCalm(storm, absl::Seconds(20));
}

// Nor after a new connection.
constexpr char kTrusting[] = "publish_blindly=take,reconnect_blindly=take";

void TrustingWhatWasLoaded(StormStores& stores, Verdict& verdict) {
  Storm storm(stores.Place(), With(kTrusting));
  storm.Rage({{"variant", Only(RedisFaults(stores.redis, Storm::StreamOf(0), false),
                               {"Redis loads its data"})}});
  verdict = JudgeCalm(storm, absl::Seconds(20));
}

void TrustingAnotherNode(StormStores&, Verdict& verdict) {
  StormClusterStores stores;
  Storm storm(stores.Place(), With(kTrusting));
  storm.Rage({{"variant", Only(ClusterFaults(stores.redis, {Storm::StreamOf(0)}, false),
                               {"a node fails over to a replica that is behind"})}});
  verdict = JudgeCalm(storm, absl::Seconds(20));
}

void NumbersThatAreNotDurable(StormStores& stores, Verdict& verdict) {
  Storm storm(stores.Place(), With("publish_before_durable=take"));
  AcknowledgeEarly(storm, "off");
  storm.Rage({{"variant", {CrashAfterAcknowledgement(stores, storm, false)}}});
  verdict = JudgeCalm(storm, absl::Seconds(1));
  AcknowledgeEarly(storm, "on");
}

void AcknowledgementsThatAreNotDurable(StormStores& stores, Verdict& verdict) {
  Storm storm(stores.Place(), {.length = kLength, .replicas = 1, .impatient = 0});
  AcknowledgeEarly(storm, "off");
  storm.Rage({{"variant", {CrashAfterAcknowledgement(stores, storm, true)}}});
  verdict = JudgeCalm(storm, absl::Seconds(20));
  AcknowledgeEarly(storm, "on");
}

// Most answers come too late for those who asked, and the service has forgotten what it answered.
void ForgettingAnswers(StormStores& stores, Verdict& verdict) {
  Storm storm(stores.Place(), {.length = kLength, .replicas = 1, .impatient = 70});
  storm.Rage({{"variant", {{"answers are forgotten", [&](Random&) {
                              const base::SteadyTime end = base::SteadyNow() + kLength;
                              while (base::SteadyNow() < end) {
                                storm.Sql("DELETE FROM crm_opportunity.idempotency");
                              }
                              return true;
                            }}}}});
  verdict = JudgeCalm(storm, absl::Seconds(20));
}

}  // namespace

const std::vector<Variant> kVariants = {
    {"a relay that does not compare", "missing", NotComparing},
    {"a relay that takes what Redis has loaded for all that it sent", "missing",
     TrustingWhatWasLoaded},
    {"a relay that takes another node of a cluster for the one before", "missing",
     TrustingAnotherNode},
    {"a relay that publishes before its numbers are durable", "foreign", NumbersThatAreNotDurable},
    {"a service that acknowledges before its commits are durable", "lost",
     AcknowledgementsThatAreNotDurable},
    {"a service that forgets its answers", "repeated", ForgettingAnswers},
};

}  // namespace crm::testing

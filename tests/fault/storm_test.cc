// Writers on few things while everything around them is killed, stopped, cut, emptied and split: by
// the judgement of tests/fault/history nothing is lost, repeated or out of order. Beside it, on
// stores of their own, ways that are known to be bad, in which the judge must find what is wrong.
// tests/fault/run_storm lets it rage for as long as one likes, also over a Redis Cluster.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/fault/storm/faults.h"
#include "tests/fault/storm/storm.h"
#include "tests/fault/storm/variants.h"

namespace crm::testing {
namespace {

constexpr absl::Duration kUntilSettled = absl::Minutes(3);
constexpr int kAttempts = 4;
// Of this length also faults that take a minute happen.
constexpr absl::Duration kLong = absl::Minutes(5);

int64_t FromEnvironment(const char* variable, int64_t otherwise) {
  int64_t number = 0;
  const char* const text = std::getenv(variable);
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number : otherwise;
}

std::string TextFromEnvironment(const char* variable) {
  const char* const text = std::getenv(variable);
  return text != nullptr ? text : "";
}

// What one does may not show at once: a crash hits what was under way.
Verdict RunVariant(const Variant& variant, StormStores& stores) {
  Verdict verdict;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    variant.run(stores, verdict);
    if (verdict.Figure(variant.promise_broken) > 0) break;
  }
  return verdict;
}

// By index in kVariants.
std::vector<Verdict> RunVariants() {
  StormStores stores;
  std::vector<Verdict> verdicts;
  for (const Variant& variant : kVariants) verdicts.push_back(RunVariant(variant, stores));
  return verdicts;
}

class StormTest : public ::testing::Test {
 protected:
  // Beside the storm if that is short; a long one has the machine for itself.
  void StartVariants() {
    if (!variants_.valid()) variants_ = std::async(std::launch::async, RunVariants);
  }

  static std::future<std::vector<Verdict>> variants_;
};

std::future<std::vector<Verdict>> StormTest::variants_;

void RageAndJudge(const StormPlace& place, const StormOptions& options,
                  const std::vector<Fault>& redis_faults, bool is_long) {
  Storm storm(place, options);
  const auto happened = storm.Rage({{"services", ServiceFaults(storm.replicas(), is_long)},
                                    {"PostgreSQL", PostgresFaults(place.postgres)},
                                    {"Redis", redis_faults}});
  storm.Calm();
  EXPECT_TRUE(storm.Settle(kUntilSettled));
  const Verdict verdict = storm.Judge();
  EXPECT_EQ(verdict.code, 0);
  for (const auto& [fault, times] : happened) {
    std::printf("%5d × %s\n", times, fault.c_str());
    EXPECT_GE(times, 1) << fault << ": never happened, so nothing was shown";
  }
  std::printf("%s%lld entries were read again; no call took longer than %s\n",
              verdict.output.c_str(), static_cast<long long>(storm.seen_again()),
              absl::FormatDuration(storm.writers().longest()).c_str());
  EXPECT_GT(verdict.Figure("moves"), 100);
  EXPECT_GT(storm.seen_again(), 0) << "nothing was published again";
  for (const auto& subscriber : storm.subscribers()) EXPECT_GE(subscriber->subscriptions(), 2);
}

TEST_F(StormTest, NothingIsLostRepeatedOrOutOfOrder) {
  const StormOptions options{
      .seed = static_cast<uint64_t>(FromEnvironment("CRM_STORM_SEED", 1)),
      .length = absl::Seconds(FromEnvironment("CRM_STORM_SECONDS", 30)),
      .partitions = static_cast<int>(FromEnvironment("CRM_STORM_PARTITIONS", 1)),
      .folder = TextFromEnvironment("CRM_STORM_FOLDER")};
  std::printf("seed %llu\n", static_cast<unsigned long long>(options.seed));
  const bool is_long = options.length >= kLong;
  std::vector<std::string> streams;
  for (int i = 0; i < options.partitions; ++i) streams.push_back(Storm::StreamOf(i));
  if (FromEnvironment("CRM_STORM_CLUSTER", 0) != 0) {
    StormClusterStores stores;
    return RageAndJudge(stores.Place(), options, ClusterFaults(stores.redis, streams, is_long),
                        is_long);
  }
  StormStores stores;
  if (options.length < absl::Minutes(1)) StartVariants();
  RageAndJudge(stores.Place(), options, RedisFaults(stores.redis, streams[0], is_long), is_long);
}

TEST_F(StormTest, EachWayThatIsKnownToBeBadIsFoundOut) {
  StartVariants();
  const std::vector<Verdict> verdicts = variants_.get();
  for (size_t i = 0; i < kVariants.size(); ++i) {
    const Variant& variant = kVariants[i];
    EXPECT_EQ(verdicts[i].code, 1) << variant.name;
    EXPECT_GT(verdicts[i].Figure(variant.promise_broken), 0)
        << variant.name << " is not found out:\n"
        << verdicts[i].output;
    std::printf("%s: %lld × %s\n", variant.name,
                static_cast<long long>(verdicts[i].Figure(variant.promise_broken)),
                variant.promise_broken);
  }
}

}  // namespace
}  // namespace crm::testing

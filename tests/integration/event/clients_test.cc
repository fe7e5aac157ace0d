// What others read the events with: consumer groups on Redis, and in order with an inbox.

#include <gtest/gtest.h>

#include <thread>

#include "clients/events/ordered_reader.h"
#include "tests/integration/event/clients_fixture.h"

namespace crm::event::testing {
namespace {

TEST_F(ClientsTest, MembersShareTheEventsAndEachIsHandledOnce) {
  Move(30);
  client::GroupOptions few = Group("anna");
  few.batch = 4;
  const auto anna = Member(few);
  const auto ben = Member(Group("ben"));
  ASSERT_TRUE(HandleAll({anna.get(), ben.get()}, 30)) << last_error_;
  for (const auto& [sequence, times] : handled_) EXPECT_EQ(times, 1) << sequence;
  EXPECT_EQ(Pending(), 0);
  EXPECT_EQ(anna->groups_made() + ben->groups_made(), 1);
}

TEST_F(ClientsTest, WhatAlwaysFailsBecomesADeadLetterAndHoldsUpNobody) {
  fails_ = 4;
  Move(10);
  const auto anna = Member(Group("anna"));
  ASSERT_TRUE(HandleAll({anna.get()}, 9)) << last_error_;
  EXPECT_TRUE(Await(absl::Seconds(60), [&] {
    (void)anna->Poll();
    return anna->dead_letters() == 1;
  }));
  EXPECT_EQ(Pending(), 0);
  const std::string letter =
      pipeline_.redis_server.Run({"XRANGE", "crm:dead-letters:finance", "-", "+"});
  EXPECT_NE(letter.find("cannot"), std::string::npos) << letter;
  EXPECT_NE(letter.find("\"eventId\""), std::string::npos) << letter;
  EXPECT_EQ(handled_.count(4), 0u);
}

TEST_F(ClientsTest, WhatADeadMemberHadIsTakenOver) {
  Move(10);
  all_fail_ = true;
  auto anna = Member(Group("anna"));
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return anna->Poll().ok() && Pending() == 10; }));
  anna.reset();
  all_fail_ = false;
  const auto ben = Member(Group("ben"));
  ASSERT_TRUE(HandleAll({ben.get()}, 10)) << last_error_;
  EXPECT_EQ(Pending(), 0);
}

TEST_F(ClientsTest, WhatLeftTheStreamUnreadComesFromTheLog) {
  const auto anna = Member(Group("anna"));
  Move(5);
  ASSERT_TRUE(HandleAll({anna.get()}, 5)) << last_error_;
  all_fail_ = true;
  Move(5);
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return anna->Poll().ok() && Pending() == 5; }));
  all_fail_ = false;
  Move(10);
  pipeline_.redis_server.Run({"XTRIM", kStream, "MAXLEN", "3"});
  ASSERT_TRUE(HandleAll({anna.get()}, 20)) << last_error_;
  EXPECT_GE(anna->filled(), 12) << "five were given out already, seven were not";
  for (const auto& [sequence, times] : handled_) EXPECT_EQ(times, 1) << sequence;
}

// Between two looks the stream may lose what nobody has read, and whoever reads next passes it
// over.
TEST_F(ClientsTest, WhatIsPassedOverBetweenTwoLooksComesFromTheLog) {
  client::GroupOptions seldom = Group("anna");
  seldom.take_over = absl::Seconds(2);
  const auto anna = Member(seldom);
  Move(5);
  ASSERT_TRUE(HandleAll({anna.get()}, 5)) << last_error_;
  Move(10);
  pipeline_.redis_server.Run({"XTRIM", kStream, "MAXLEN", "3"});
  ASSERT_TRUE(HandleAll({anna.get()}, 8)) << last_error_;
  ASSERT_TRUE(HandleAll({anna.get()}, 15)) << last_error_;
  for (const auto& [sequence, times] : handled_) EXPECT_EQ(times, 1) << sequence;
}

TEST_F(ClientsTest, AGroupThatIsGoneIsMadeAgainWhereItWas) {
  Move(20);
  const auto anna = Member(Group("anna"));
  ASSERT_TRUE(HandleAll({anna.get()}, 20)) << last_error_;
  // It looks where the group is now and then.
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return anna->Poll().ok() && Pending() == 0; }));
  pipeline_.redis_server.FlushAll();
  ASSERT_TRUE(Await(absl::Seconds(60), [&] {
    (void)anna->Poll();
    return pipeline_.StreamLength() >= moves_;
  }));
  Move(10);
  ASSERT_TRUE(HandleAll({anna.get()}, 30)) << last_error_;
  EXPECT_EQ(anna->groups_made(), 2);
}

// Keeps effects and position together, and fails as databases do.
class MemoryInbox final : public client::Inbox {
 public:
  absl::StatusOr<int64_t> Load() override { return done_; }
  absl::Status Apply(const v1::SubscribeStageEventsResponse& response, int64_t gap) override {
    if (++calls_ % 3 == 0) return absl::UnavailableError("the database is away");
    gaps_ += gap;
    if (response.begin_sequence() != done_ + 1) return absl::AbortedError("somebody was faster");
    for (const auto& event : response.events()) got_.push_back(event.sequence());
    done_ = response.read_sequence();
    return absl::OkStatus();
  }

  std::atomic<int64_t> done_{0};
  std::vector<int64_t> got_;
  int64_t gaps_ = 0;
  int calls_ = 0;
};

TEST_F(ClientsTest, AnInboxGetsEachEventOnceAndInOrderWhateverFails) {
  Move(10);
  MemoryInbox inbox;
  client::OrderedReaderOptions options;
  options.pause = absl::Milliseconds(20);
  client::OrderedReader reader(Client(), client::Service::kLead, inbox, options);
  absl::Status end = absl::UnknownError("");
  std::thread runs([&] { end = reader.Run(); });
  for (int i = 0; i < 10; ++i) Move(3);
  EXPECT_TRUE(Await(absl::Seconds(60), [&] { return inbox.done_ >= moves_; }));
  reader.Stop();
  runs.join();
  EXPECT_TRUE(end.ok()) << end;
  ASSERT_EQ(inbox.got_.size(), static_cast<size_t>(moves_));
  for (size_t i = 0; i < inbox.got_.size(); ++i)
    EXPECT_EQ(inbox.got_[i], static_cast<int64_t>(i) + 1);
  EXPECT_EQ(inbox.gaps_, 0);
  EXPECT_GE(inbox.calls_, 3);
}

}  // namespace
}  // namespace crm::event::testing

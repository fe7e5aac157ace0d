// Whether a copy of a log is proved to be the service's, or what is wrong with it is found.

#include "clients/crmctl/events/event_copy.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/stage/event_digest.h"

namespace crm::crmctl {
namespace {

using event::v1::DigestStageEventsResponse;
using event::v1::StageEvent;

StageEvent Logged(int64_t sequence) {
  StageEvent event;
  event.set_sequence(sequence);
  event.set_epoch(2);
  event.set_entry_id(absl::StrCat("1700000000000-", sequence));
  event.mutable_change()->set_subject("opportunities/a");
  event.mutable_change()->set_to_stage_name("Angebot <é> \"1\"");
  event.mutable_change()->set_probability_after(40);
  return event;
}

class EventCopy : public ::testing::Test {
 protected:
  EventCopy() {
    for (int64_t i = 1; i <= 40; ++i) log_.push_back(Logged(i));
    copy_ = log_;
  }

  CopyProof Prove() {
    std::stringstream file;
    for (const StageEvent& event : copy_) {
      std::string line;
      EXPECT_TRUE(google::protobuf::util::MessageToJsonString(event, &line).ok());
      file << line << "\n";
    }
    const auto proof =
        ProveCopy(file, [this](int64_t after, int64_t through) { return Digest(after, through); });
    EXPECT_TRUE(proof.ok()) << proof.status();
    return proof.value_or(CopyProof());
  }
  std::string Difference() { return Prove().difference; }
  StageEvent& Copied(int64_t sequence) { return copy_[static_cast<size_t>(sequence) - 1]; }
  void Lose(std::vector<StageEvent>& events, int64_t sequence) {
    std::erase_if(events, [=](const StageEvent& each) { return each.sequence() == sequence; });
  }

  std::vector<StageEvent> log_, copy_;
  int64_t floor_ = 1;
  int64_t last_ = 40;
  int asked_ = 0;

 private:
  // As the service answers, sixteen sequences at a time.
  DigestStageEventsResponse Digest(int64_t after, int64_t through) {
    ++asked_;
    DigestStageEventsResponse response;
    const int64_t begin = std::max(after + 1, floor_);
    const int64_t end = std::max(begin - 1, std::min({through, after + 16, last_}));
    stage::EventDigest digest;
    for (const StageEvent& event : log_) {
      if (event.sequence() >= begin && event.sequence() <= end) digest.Add(event);
    }
    response.set_begin_sequence(begin);
    response.set_read_sequence(end);
    response.set_last_sequence(last_);
    response.set_count(digest.count());
    response.set_sha256(digest.Finish());
    return response;
  }
};

TEST_F(EventCopy, IsProvedPieceByPiece) {
  const CopyProof proof = Prove();
  EXPECT_EQ(proof.difference, "");
  EXPECT_EQ(proof.first, 1);
  EXPECT_EQ(proof.last, 40);
  EXPECT_EQ(proof.proved, 40);
  EXPECT_EQ(proof.unproved, 0);
  EXPECT_EQ(asked_, 3);
}

TEST_F(EventCopy, MayHaveBegunLaterAndEndEarlierAndLackWhatTheCallerMayNotSee) {
  copy_.erase(copy_.begin(), copy_.begin() + 5);
  copy_.resize(20);
  for (const int64_t sequence : {7, 8, 25}) {
    Lose(log_, sequence);
    Lose(copy_, sequence);
  }
  const CopyProof proof = Prove();
  EXPECT_EQ(proof.difference, "");
  EXPECT_EQ(proof.first, 6);
  EXPECT_EQ(proof.last, 24);
  EXPECT_EQ(proof.proved, 17);
  EXPECT_EQ(proof.log_end, 40);
}

TEST_F(EventCopy, WhatHasLeftTheLogIsNotProved) {
  floor_ = 11;
  const CopyProof proof = Prove();
  EXPECT_EQ(proof.difference, "");
  EXPECT_EQ(proof.unproved, 10);
  EXPECT_EQ(proof.proved, 30);
  floor_ = 41;
  EXPECT_EQ(Prove().unproved, 40);
}

TEST_F(EventCopy, TheEventThatDiffersIsFound) {
  Copied(29).mutable_change()->set_probability_after(41);
  EXPECT_EQ(Difference(), "event 29 of the copy is not what the log has");
  EXPECT_LE(asked_, 3 + 5) << "by halving";
  copy_ = log_;
  Copied(1).set_epoch(1);
  EXPECT_EQ(Difference(), "event 1 of the copy is not what the log has");
  copy_ = log_;
  Lose(copy_, 17);
  EXPECT_EQ(Difference(), "event 17 is missing in the copy");
  copy_ = log_;
  Lose(log_, 33);
  EXPECT_EQ(Difference(), "event 33 of the copy is not in the log");
  log_ = copy_;
  log_.resize(38);
  last_ = 38;
  EXPECT_EQ(Difference(), "event 39 of the copy is beyond the end of the log");
}

TEST_F(EventCopy, WhatIsNoCopyIsRefused) {
  const auto never = [](int64_t, int64_t) -> absl::StatusOr<DigestStageEventsResponse> {
    ADD_FAILURE();
    return absl::InternalError("asked");
  };
  for (const char* text :
       {"sequence,epoch\n", "{\"sequence\":\"1\"}\n", "{\"change\":{}}\n",
        "{\"sequence\":\"2\",\"change\":{}}\n{\"sequence\":\"2\",\"change\":{}}\n"}) {
    std::stringstream file(text);
    EXPECT_EQ(ProveCopy(file, never).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  std::stringstream empty;
  EXPECT_EQ(ProveCopy(empty, never)->first, 0);
}

}  // namespace
}  // namespace crm::crmctl

#pragma once

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "common/feed/feed.h"
#include "crm/event/v1/stage_event_service.pb.h"
#include "tests/support/await.h"

namespace crm::event::testing {

using crm::testing::Await;

// A subscriber that takes as fast as the test says, and judges what it is sent.
class Reader final : public feed::Subscriber {
 public:
  Reader(feed::Feed& feed, feed::Beginning beginning,
         feed::Interest interest = {.all_tenants = true})
      : Subscriber(std::move(interest), beginning), feed_(feed) {}
  ~Reader() override {
    feed_.Cancel(*this);
    Release();
    EXPECT_TRUE(Await(absl::Seconds(30), [this] { return ended(); }));
    feed_.Remove(*this);
  }

  // Holds what comes next until Release.
  void Hold() {
    absl::MutexLock lock(&mutex_);
    holds_ = true;
  }
  void Release() {
    bool next = false;
    {
      absl::MutexLock lock(&mutex_);
      holds_ = false;
      std::swap(next, held_);
    }
    if (next) feed_.Next(*this);
  }

  void Take(feed::Stretch stretch) override {
    {
      absl::MutexLock lock(&mutex_);
      if (begun_ && stretch.begin != read_ + 1) ++gaps_;
      if (!begun_) first_ = stretch.begin;
      begun_ = true;
      for (const feed::FeedEventPointer& event : stretch.events) {
        if (event->sequence < stretch.begin || event->sequence > stretch.read) ++wrong_;
        crm::event::v1::SubscribeStageEventsResponse response;
        response.ParseFromString(event->encoded);
        if (response.events_size() != 1 || response.events(0).sequence() != event->sequence) {
          ++wrong_;
        }
        got_.push_back(event->sequence);
      }
      if (stretch.events.empty()) ++beats_;
      read_ = stretch.read;
      last_ = stretch.last.seq;
      if (holds_) {
        held_ = true;
        return;
      }
    }
    // As gRPC does: from another thread, after this has returned.
    std::thread([this] { feed_.Next(*this); }).detach();
  }
  void End(absl::Status status) override {
    absl::MutexLock lock(&mutex_);
    status_ = std::move(status);
    ended_ = true;
  }
  void Abort() override { feed_.Cancel(*this); }

  int64_t read() const { return Locked(read_); }
  int64_t last() const { return Locked(last_); }
  int64_t first() const { return Locked(first_); }
  int gaps() const { return Locked(gaps_); }
  int beats() const { return Locked(beats_); }
  bool begun() const { return Locked(begun_); }
  bool ended() const { return Locked(ended_); }
  absl::Status status() const { return Locked(status_); }
  std::vector<int64_t> got() const { return Locked(got_); }

  // Empty if it got exactly these, each once and in order.
  std::string Wrong(int64_t from, int64_t to) const {
    std::vector<int64_t> all;
    for (int64_t i = from; i <= to; ++i) all.push_back(i);
    absl::MutexLock lock(&mutex_);
    if (wrong_ > 0 || gaps_ > 0) return absl::StrCat(wrong_, " wrong, ", gaps_, " gaps");
    return got_ == all ? "" : absl::StrCat("got ", absl::StrJoin(got_, " "));
  }

 private:
  template <class T>
  T Locked(const T& value) const {
    absl::MutexLock lock(&mutex_);
    return value;
  }

  feed::Feed& feed_;
  mutable absl::Mutex mutex_;
  bool begun_ = false, holds_ = false, held_ = false, ended_ = false;
  int64_t first_ = 0, read_ = 0, last_ = 0;
  int gaps_ = 0, wrong_ = 0, beats_ = 0;
  std::vector<int64_t> got_;
  absl::Status status_;
};

}  // namespace crm::event::testing

#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "clients/cpp/async_calls.h"
#include "tests/fault/call_report.h"
#include "tests/fault/deeds.h"

namespace crm::testing {

// Callers of a fleet: an open loop over a mix of reads, creations, moves, activities and sales (a
// lead that is made, qualified and converted), with the channels of clients/cpp as they ship and
// nothing beyond. They remember what was acknowledged. No opportunity is moved by two calls at
// once; a move that leaves open whether it was made is asked for again, with the same request id,
// until an answer tells. At most 256 calls wait for an answer.
class Callers {
 public:
  // The rate that is wished for. What the machine can do is found out first, and no more than a
  // third of it is used; CRM_TEST_CALLS_PER_SECOND asks for another one.
  static constexpr double kRate = 2000;

  // Makes what the mix works on; blocks for some seconds. Aborts the test program on failure.
  explicit Callers(const client::Addresses& addresses);
  ~Callers();

  // Begins to call, on a thread of its own; ends and waits for all answers.
  void Start();
  CallReport Stop();

  double rate() const { return rate_; }
  // Calls answered so far. Any thread.
  int64_t answered() const { return answered_; }
  // While no calls are made.
  const Deeds& deeds() const { return deeds_; }

 private:
  struct Deal {
    std::string name;
    int64_t version = 1;
    std::string open_request = {};  // a move of which it is not known whether it was made
  };
  using Job = void (Callers::*)(absl::Time intended);

  template <class Request, class Then>
  void Send(const Request& request, absl::Time intended, Then then,
            absl::Duration delay = absl::ZeroDuration());
  template <class Request, class Then>
  void SendWrite(Request request, absl::Time intended, Then then);
  void Note(const std::string& request, absl::Time intended, absl::Time sent,
            const absl::Status& status);

  void Prepare();
  double MeasureRate();
  void Run();
  void RunNext(absl::Time intended);
  void AwaitAnswers();

  void ReadContact(absl::Time intended);
  void ReadLead(absl::Time intended);
  void ReadOpportunity(absl::Time intended);
  void CreateContact(absl::Time intended);
  void CreateLead(absl::Time intended);
  void OpenOpportunity(absl::Time intended);
  void LogActivity(absl::Time intended);
  void Move(absl::Time intended);
  void Sell(absl::Time intended);
  void Qualify(const std::string& lead);
  void Convert(const std::string& lead);

  client::AsyncCalls calls_;
  double rate_ = kRate;
  Deeds deeds_;
  CallReport report_;
  std::vector<std::string> contacts_;
  std::vector<std::string> leads_;
  std::vector<std::string> opportunities_;
  std::deque<Deal> idle_deals_;
  uint64_t next_ = 0;
  std::atomic<int64_t> answered_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace crm::testing

#pragma once

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/rpc/status_bridge.h"
#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"
#include "tests/fault/program_fixture.h"

namespace crm::testing {

// Opens opportunities one after the other and insists on each until it is acknowledged.
class Opener {
 public:
  static constexpr absl::Duration kLongest = absl::Seconds(60);  // that it insists on one

  static constexpr absl::Duration kPatience = absl::Seconds(2);  // of one attempt

  explicit Opener(const std::string& address, absl::Duration patience = kPatience)
      : patience_(patience),
        stub_(opportunity::v1::OpportunityService::NewStub(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))),
        thread_([this] { Run(); }) {}
  ~Opener() { Stop(); }

  void Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  int acknowledged() const { return acknowledged_; }
  int failures() const { return failures_; }

  // After Stop.
  const std::set<std::string>& names() const { return names_; }
  const std::set<std::string>& errors() const { return errors_; }  // names of codes
  absl::Duration longest() const { return longest_; }

 private:
  static constexpr absl::Duration kPause = absl::Milliseconds(50);  // of a client before the next

  void Run() {
    while (!stop_) {
      opportunity::v1::OpenOpportunityRequest request;
      request.mutable_opportunity()->set_display_name("Forty presses");
      request.mutable_opportunity()->set_contact("contacts/" + NewUuid());
      request.mutable_opportunity()->set_owner("agent-7");
      request.set_request_id(NewUuid());
      const base::SteadyTime begin = base::SteadyNow();
      while (!Open(request)) {
        if (base::SteadyNow() - begin > kLongest) return;
        absl::SleepFor(kPause);
      }
      longest_ = std::max(longest_, base::SteadyNow() - begin);
    }
  }

  bool Open(const opportunity::v1::OpenOpportunityRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + patience_));
    opportunity::v1::OpenOpportunityResponse response;
    const grpc::Status status = stub_->OpenOpportunity(&context, request, &response);
    if (!status.ok()) {
      ++failures_;
      errors_.insert(std::string(rpc::CodeName(status.error_code())));
      return false;
    }
    names_.insert(response.opportunity().name());
    ++acknowledged_;
    return true;
  }

  const absl::Duration patience_;
  const std::unique_ptr<opportunity::v1::OpportunityService::Stub> stub_;
  std::atomic<bool> stop_{false};
  std::atomic<int> acknowledged_{0};
  std::set<std::string> names_;
  std::set<std::string> errors_;
  absl::Duration longest_;
  std::atomic<int> failures_{0};
  std::thread thread_;
};

}  // namespace crm::testing

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/webhook/endpoint.h"

namespace crm::webhook {

inline const absl::Time kStart = absl::FromUnixSeconds(1'790'000'000);
inline constexpr int kAtOnce = 8;

inline Posted Came(Result result, int status = 0) {
  return {.result = result, .http_status = status, .duration = {}};
}
inline const Posted kOk = Came(Result::kAccepted, 200);
inline const Posted kNo = Came(Result::kRejected, 500);

// One endpoint, its clock and what would be its tables.
class EndpointTest : public ::testing::Test {
 protected:
  explicit EndpointTest(EndpointLimits limits = {}) : limits_(limits) { Anew(0); }

  void Anew(int64_t position, std::vector<Delivery> pending = {},
            absl::flat_hash_set<int64_t> known = {}) {
    endpoint_ = std::make_unique<Endpoint>(limits_, [] { return uint64_t{1} << 63; });
    endpoint_->Restore(position, std::nullopt, std::move(pending), std::move(known));
  }
  static Delivery Event(int64_t sequence, const std::string& thing) {
    Delivery delivery;
    delivery.sequence = sequence;
    delivery.subject = thing;
    return delivery;
  }
  // "1a 2b": the events 1 of a and 2 of b, the last of what was looked through.
  void Take(const std::vector<std::pair<int64_t, std::string>>& events) {
    std::vector<Delivery> taken;
    for (const auto& [sequence, thing] : events) taken.push_back(Event(sequence, thing));
    endpoint_->Take(std::move(taken), events.back().first, now_);
  }
  // The sequences that may be sent now, all of which are then under way.
  std::string Starts() {
    std::string all;
    while (const auto start = endpoint_->Next(now_, kAtOnce)) {
      absl::StrAppend(&all, all.empty() ? "" : " ", start->sequence);
    }
    return all;
  }
  void Finish(int64_t sequence, const Posted& posted) {
    endpoint_->Finished(sequence, posted, now_);
  }
  // "1 DELIVERED, 2 PENDING" of what is to be written, which is then written.
  std::string Saves() {
    std::string all;
    for (const auto& [sequence, delivery] : endpoint_->unsaved()) {
      absl::StrAppend(&all, all.empty() ? "" : ", ", sequence, " ",
                      base::NameOf(kDeliveryStateNames, delivery.state));
    }
    endpoint_->Saved();
    return all;
  }

  const EndpointLimits limits_;
  absl::Time now_ = kStart;
  std::unique_ptr<Endpoint> endpoint_;
};

}  // namespace crm::webhook

#include "tests/bench/load.h"

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/error/error.h"

namespace crm::bench {
namespace {

std::string FailureName(const absl::Status& status) {
  const std::string reason = error::ReasonOf(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

float MillisSince(absl::Time start, absl::Time now) {
  return static_cast<float>(absl::ToDoubleMilliseconds(now - start));
}

// The jobs under way and what has come of those that ended.
class Ledger {
 public:
  Done Begin(absl::Time start) {
    ++open_;
    return [this, start](const absl::Status& status) {
      --open_;
      const float millis = MillisSince(start, absl::Now());
      if (status.ok()) {
        ++result_.ok;
        result_.millis.push_back(millis);
      } else {
        ++result_.failed[FailureName(status)];
        if (absl::IsResourceExhausted(status)) result_.refused_millis.push_back(millis);
      }
    };
  }
  int open() const { return open_; }

  LoadResult Close(absl::Time began) {
    result_.seconds = absl::ToDoubleSeconds(absl::Now() - began);
    std::sort(result_.millis.begin(), result_.millis.end());
    std::sort(result_.refused_millis.begin(), result_.refused_millis.end());
    return std::move(result_);
  }

 private:
  int open_ = 0;
  LoadResult result_;
};

}  // namespace

int64_t LoadResult::Failed() const {
  int64_t sum = 0;
  for (const auto& [name, count] : failed) sum += count;
  return sum;
}

std::string FailureText(const LoadResult& load) {
  std::string text;
  for (const auto& [name, count] : load.failed) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", count, " × ", name);
  }
  return text;
}

float Quantile(const std::vector<float>& sorted, double q) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<size_t>(q * static_cast<double>(sorted.size() - 1))];
}

LoadResult ClosedLoop(client::AsyncCalls& calls, const Job& job, int in_flight,
                      absl::Duration duration, uint64_t most) {
  Ledger ledger;
  const absl::Time began = absl::Now();
  const absl::Time end = began + duration;
  uint64_t next = 0;
  while (true) {
    const absl::Time now = absl::Now();
    while (ledger.open() < in_flight && next < most && now < end) {
      job(calls, next++, ledger.Begin(absl::Now()));
    }
    if (ledger.open() == 0) return ledger.Close(began);
    calls.Poll(now + absl::Milliseconds(100));
  }
}

LoadResult OpenLoop(client::AsyncCalls& calls, const Job& job, double rate,
                    absl::Duration duration) {
  Ledger ledger;
  const absl::Time began = absl::Now();
  const absl::Duration gap = absl::Seconds(1) / rate;
  const auto jobs = static_cast<uint64_t>(absl::FDivDuration(duration, gap));
  uint64_t next = 0;
  while (next < jobs || ledger.open() > 0) {
    const absl::Time now = absl::Now();
    // Whatever is due begins now, its clock having started when it should have.
    while (next < jobs && began + next * gap <= now) {
      const absl::Time intended = began + next * gap;
      job(calls, next++, ledger.Begin(intended));
    }
    calls.Poll(next < jobs ? began + next * gap : now + absl::Milliseconds(100));
  }
  return ledger.Close(began);
}

}  // namespace crm::bench

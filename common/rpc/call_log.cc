#include "common/rpc/call_log.h"

#include <vector>

#include "common/error/reasons.h"
#include "common/log/log.h"
#include "common/rpc/status_bridge.h"

namespace crm::rpc {
namespace {

LineBudget& OkLines() {
  static LineBudget* const kBudget = new LineBudget(kMostOkLines);
  return *kBudget;
}

log::Level LevelOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DATA_LOSS:
      return log::Level::kError;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return log::Level::kWarning;
    default:
      return log::Level::kInfo;
  }
}

// The trace id is characters 3 to 34 of a traceparent.
absl::string_view TraceId(absl::string_view traceparent) { return traceparent.substr(3, 32); }

LineBudget& TenantRateLines() {
  static LineBudget* const kBudget = new LineBudget(kMostTenantRateLines);
  return *kBudget;
}

bool MayPass(LineBudget& budget, absl::string_view end, base::SteadyTime now) {
  uint64_t omitted = 0;
  const bool passes = budget.Take(now, &omitted);
  if (omitted > 0) log::Info("calls not logged", {{"code", end}, {"count", omitted}});
  return passes;
}

}  // namespace

bool LineBudget::Take(base::SteadyTime now, uint64_t* omitted) {
  *omitted = 0;
  const int64_t second = now.ToNanoseconds() / 1'000'000'000;
  int64_t current = second_.load(std::memory_order_relaxed);
  if (second > current && second_.compare_exchange_strong(current, second)) {
    taken_.store(0, std::memory_order_relaxed);
    const uint64_t all = Omitted();
    *omitted = all - told_.exchange(all);
  }
  if (taken_.fetch_add(1, std::memory_order_relaxed) < per_second_) return true;
  omitted_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

void LogCall(const CallContext& context, const CallEnd& end, base::SteadyTime now) {
  const log::Level level = LevelOf(end.code);
  if (!log::Enabled(level)) return;
  if (end.code == grpc::StatusCode::OK && !MayPass(OkLines(), "OK", now)) return;
  if (end.reason == error::kTenantRate && !MayPass(TenantRateLines(), end.reason, now)) return;
  std::vector<log::Field> fields = {{"method", context.method},
                                    {"code", CodeName(end.code)},
                                    {"tenant", absl::string_view(context.tenant)},
                                    {"seconds", end.took}};
  const auto add = [&fields](absl::string_view key, absl::string_view text) {
    if (!text.empty()) fields.push_back({key, text});
  };
  if (!context.traceparent.empty()) add("trace", TraceId(context.traceparent));
  add("reason", end.reason);
  add("error_id", end.error_id);
  add("error", end.private_text);
  log::Write(level, "call", fields);
}

uint64_t OmittedCallLines() { return OkLines().Omitted(); }

}  // namespace crm::rpc

#include "common/rpc/tenant_limits.h"

#include <absl/hash/hash.h>

#include <algorithm>

namespace crm::rpc {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr absl::Duration kRetryAfterOpen = absl::Milliseconds(250);

}  // namespace

TenantLimits::TenantLimits(TenantLimitOptions options)
    : options_(options),
      interval_(options.rate > 0 ? kSecond / options.rate : 0),
      credit_(interval_ * ((options.burst > 0 ? options.burst : options.rate) - 1)) {}

TenantLimits::Shard& TenantLimits::ShardOf(absl::string_view tenant) {
  return shards_[absl::HashOf(tenant) % kShards];
}

// Now and then forgets all that nothing depends on any more.
TenantLimits::Account& TenantLimits::Shard::Of(absl::string_view tenant, int64_t now) {
  const auto found = accounts.find(tenant);
  if (found != accounts.end()) return found->second;
  if (accounts.size() >= sweep_at) {
    absl::erase_if(accounts, [now](const auto& account) {
      return account.second.open == 0 && account.second.paid_until <= now;
    });
    sweep_at = std::max<size_t>(64, 2 * accounts.size());
  }
  return accounts[std::string(tenant)];
}

std::optional<TenantLimits::Refused> TenantLimits::Enter(absl::string_view tenant,
                                                         base::SteadyTime now) {
  const int64_t time = now.ToNanoseconds();
  Shard& shard = ShardOf(tenant);
  absl::MutexLock lock(&shard.mutex);
  Account& account = shard.Of(tenant, time);
  if (options_.open_calls > 0 && account.open >= options_.open_calls) {
    return Refused{Refusal::kTenantOpen, kRetryAfterOpen};
  }
  if (options_.rate > 0) {
    const int64_t paid = std::max(account.paid_until, time);
    if (const int64_t ahead = paid - time; ahead > credit_) {
      return Refused{Refusal::kTenantRate, absl::Nanoseconds(ahead - credit_)};
    }
    account.paid_until = paid + interval_;
  }
  if (options_.open_calls > 0) ++account.open;
  return std::nullopt;
}

void TenantLimits::Leave(absl::string_view tenant) {
  if (options_.open_calls == 0) return;
  Shard& shard = ShardOf(tenant);
  absl::MutexLock lock(&shard.mutex);
  const auto found = shard.accounts.find(tenant);
  if (found != shard.accounts.end()) --found->second.open;
}

size_t TenantLimits::Remembered() const {
  size_t count = 0;
  for (const Shard& shard : shards_) {
    absl::MutexLock lock(&shard.mutex);
    count += shard.accounts.size();
  }
  return count;
}

}  // namespace crm::rpc

#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/rpc/access_sink.h"

namespace crm::testing {

// Keeps the accesses to the data of the tenants that are watched. Thread-safe.
class FakeAccessSink final : public rpc::AccessSink {
 public:
  void Watch(const std::string& tenant) {
    absl::MutexLock lock(&mutex_);
    watched_.push_back(tenant);
  }
  std::vector<rpc::Access> TakeAll() {
    absl::MutexLock lock(&mutex_);
    return std::exchange(accesses_, {});
  }

  bool Wants(absl::string_view tenant) const override {
    absl::MutexLock lock(&mutex_);
    return std::find(watched_.begin(), watched_.end(), tenant) != watched_.end();
  }
  void Take(rpc::Access access) override {
    absl::MutexLock lock(&mutex_);
    accesses_.push_back(std::move(access));
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> watched_ ABSL_GUARDED_BY(mutex_);
  std::vector<rpc::Access> accesses_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::testing

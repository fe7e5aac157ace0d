#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/event/event_source.h"
#include "common/pg/pool.h"
#include "services/contact/lifecycle/lifecycle_effect.h"

namespace crm::contact::testing {

inline constexpr absl::Duration kPatience = absl::Seconds(60);
inline const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

// A neighbour's log, in memory.
class FakeSource final : public event::EventSource {
 public:
  void Append(event::v1::StageChanged change);
  int64_t last() const;

  absl::StatusOr<event::SourcePage> After(int64_t sequence, int limit) override;

 private:
  mutable absl::Mutex mutex_;
  std::vector<event::Event> events_ ABSL_GUARDED_BY(mutex_);
};

// A database with contacts, and events about them.
class LifecycleTest : public ::testing::Test {
 protected:
  LifecycleTest();

  // Inserts a contact by SQL; a person if `organization` is given.
  base::Uuid AddContact(const std::string& name, const base::Uuid* organization = nullptr);
  void AddContactAs(const base::Uuid& id, const std::string& name,
                    const base::Uuid* organization = nullptr);

  event::v1::StageChanged Lead(const base::Uuid& lead, const base::Uuid& contact, int64_t version,
                               const std::string& stage);
  event::v1::StageChanged Deal(const base::Uuid& deal, const base::Uuid& contact, int64_t version,
                               const std::string& type, int64_t cents = 0);

  std::string Sql(const std::string& sql);

  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  std::string database_;
  pg::ConnectionOptions options_;
  LifecycleEffect effect_{base::SystemClock::Instance(), ids_};
};

}  // namespace crm::contact::testing

#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/aggregate/pg_repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "services/contact/domain/contact.h"
#include "services/contact/store/contact_table.h"
#include "tests/support/fake_clock.h"

namespace crm::contact::testing {

inline const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
inline constexpr absl::Duration kPatience = absl::Seconds(20);

inline base::Uuid Id(uint64_t n) { return base::Uuid(0x0000'0000'0000'7000, n); }

// A database of its own with the service's schema, used through the application's role.
class StoreTest : public ::testing::Test {
 protected:
  StoreTest();

  using Creation = aggregate::Creation<Contact>;
  using Change = aggregate::Change<Contact>;

  Creation NewPerson(uint64_t id, const std::string& email = "");
  Creation NewOrganization(uint64_t id, const std::string& domain = "");
  Change By(uint64_t id, std::function<absl::Status(Contact&)> apply);
  // Opens the draft as the service does.
  Creation Opened(Contact draft);

  template <class... Item>
  void Create(Item&... items) {
    std::vector<Creation*> pointers{&items...};
    contacts_->Create(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  template <class... Item>
  void Update(Item&... items) {
    std::vector<Change*> pointers{&items...};
    contacts_->Update(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  absl::StatusOr<Contact> Found(const aggregate::Key& key);
  std::optional<Contact> Stored(uint64_t id, const std::string& tenant = "acme");

  // Runs SQL as superuser in the service's schema.
  std::string Sql(const std::string& sql);

  crm::testing::FakeClock clock_{kStart + absl::Hours(24 * 365)};
  base::RandomIdGenerator ids_{&clock_};
  std::string database_;
  const ContactTable table_;
  std::optional<pg::Pool> pool_;
  std::optional<aggregate::PgRepository<Contact>> contacts_;
};

// The reason of an outcome and the value of a metadata key, or empty.
std::string ReasonOf(const absl::Status& status);
std::string Metadata(const absl::Status& status, const std::string& key);

}  // namespace crm::contact::testing

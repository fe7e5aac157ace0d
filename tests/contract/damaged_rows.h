#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/aggregate/repository.h"
#include "common/error/error.h"

namespace crm::testing {

// What SQL does to a row that the service did not write so.
struct Damage {
  const char* name;
  const char* set;  // "column = value"
};

inline void ExpectDamaged(const absl::Status& status, const std::string& resource) {
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  const auto details = error::DetailsOf(status);
  ASSERT_TRUE(details.has_value()) << status;
  EXPECT_EQ(details->reason, error::kDataDamaged);
  const std::vector<std::pair<std::string, std::string>> named = {{"resource", resource}};
  EXPECT_EQ(details->metadata, named);
}

// Reading and changing `damaged` is DATA_LOSS that names it; `sound`, in the same batches, is read
// and changed.
template <class A>
void ExpectDamageStaysAlone(aggregate::Repository<A>& repository, const aggregate::Key& damaged,
                            const aggregate::Key& sound, const std::string& resource,
                            const std::function<absl::Status(A&)>& edit) {
  const base::Deadline deadline = absl::Now() + absl::Seconds(20);
  const aggregate::Key keys[] = {damaged, sound};
  const auto found = repository.Get(keys, deadline);
  ExpectDamaged(found[0].status(), resource);
  EXPECT_TRUE(found[1].ok()) << found[1].status();
  aggregate::Change<A> changes[2];
  for (int i = 0; i < 2; ++i) {
    changes[i].key = keys[i];
    changes[i].apply = edit;
    changes[i].answer = [](const A&) { return "changed"; };
  }
  aggregate::Change<A>* items[] = {&changes[0], &changes[1]};
  repository.Update(items, deadline);
  ExpectDamaged(changes[0].outcome.status(), resource);
  EXPECT_TRUE(changes[1].outcome.ok()) << changes[1].outcome.status();
}

}  // namespace crm::testing

#include "common/base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace crm::base {
namespace {

absl::StatusOr<std::unique_ptr<int>> Make(bool ok) {
  if (!ok) return absl::NotFoundError("none");
  return std::make_unique<int>(7);
}

absl::Status Check(bool ok) { return ok ? absl::OkStatus() : absl::AbortedError("stopped"); }

absl::StatusOr<int> Both(bool made, bool checked) {
  CRM_ASSIGN_OR_RETURN(const std::unique_ptr<int> value, Make(made));
  CRM_RETURN_IF_ERROR(Check(checked));
  CRM_RETURN_IF_ERROR(Make(true));
  return *value;
}

TEST(StatusMacros, PassTheValueOn) { EXPECT_EQ(7, *Both(true, true)); }

TEST(StatusMacros, ReturnTheFirstError) {
  EXPECT_EQ(absl::StatusCode::kNotFound, Both(false, false).status().code());
  EXPECT_EQ("stopped", Both(true, false).status().message());
}

// What `[0]` refers to is gone when the statement ends.
absl::Status CheckFirst() {
  const auto all = [] { return std::vector<absl::StatusOr<int>>{absl::NotFoundError("none")}; };
  CRM_RETURN_IF_ERROR(all()[0].status());
  return absl::OkStatus();
}

TEST(StatusMacros, ReturnTheErrorOfAPartOfATemporary) {
  EXPECT_EQ(CheckFirst(), absl::NotFoundError("none"));
}

TEST(StatusMacros, AssignToAnExistingVariable) {
  const auto assign = [](bool ok) -> absl::Status {
    std::unique_ptr<int> value;
    CRM_ASSIGN_OR_RETURN(value, Make(ok));
    EXPECT_EQ(7, *value);
    return absl::OkStatus();
  };
  EXPECT_TRUE(assign(true).ok());
  EXPECT_FALSE(assign(false).ok());
}

}  // namespace
}  // namespace crm::base

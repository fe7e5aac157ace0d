#include "common/rpc/tenant_calls.h"

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crm::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(TenantCalls, AreCountedByTenantAndCode) {
  metrics::Registry registry;
  TenantCalls calls(registry);
  calls.Count("acme", grpc::StatusCode::OK);
  calls.Count("acme", grpc::StatusCode::OK);
  calls.Count("acme", grpc::StatusCode::NOT_FOUND);
  calls.Count("globex", grpc::StatusCode::OK);
  calls.Count("", grpc::StatusCode::UNAUTHENTICATED);
  const std::string text = registry.Text();
  EXPECT_THAT(text, HasSubstr("crm_calls_by_tenant_total{grpc_code=\"OK\",tenant=\"acme\"} 2\n"));
  EXPECT_THAT(text,
              HasSubstr("crm_calls_by_tenant_total{grpc_code=\"NOT_FOUND\",tenant=\"acme\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("crm_calls_by_tenant_total{grpc_code=\"OK\",tenant=\"globex\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("UNAUTHENTICATED")));
}

TEST(TenantCalls, AllBeyondTheMostShareOneSeries) {
  metrics::Registry registry;
  TenantCalls calls(registry);
  constexpr int kMost = TenantCalls::kMostTenants;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kMost + 50; ++i) calls.Count(absl::StrCat("t", i), grpc::StatusCode::OK);
  }
  const std::string text = registry.Text();
  EXPECT_THAT(text, HasSubstr(absl::StrCat("tenant=\"t", kMost - 1, "\"} 2\n")));
  EXPECT_THAT(text, Not(HasSubstr(absl::StrCat("tenant=\"t", kMost, "\"}"))));
  EXPECT_THAT(text, HasSubstr("tenant=\"other\"} 100\n"));
}

}  // namespace
}  // namespace crm::rpc

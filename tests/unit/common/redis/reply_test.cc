#include "common/redis/reply.h"

#include <gtest/gtest.h>

namespace crm::redis {
namespace {

TEST(RedisError, KeepsItsPrefixAndGetsACode) {
  const absl::Status oom = StatusOfError("OOM command not allowed when used memory > 'maxmemory'.");
  EXPECT_EQ(oom.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorPrefix(oom), "OOM");
  EXPECT_EQ(StatusOfError("READONLY You can't write").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(StatusOfError("LOADING Redis is loading").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(StatusOfError("NOSCRIPT No matching script").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(StatusOfError("NOGROUP No such key").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(StatusOfError("WRONGTYPE Operation").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(StatusOfError("ERR syntax error").code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ErrorPrefix(absl::UnavailableError("OOM")), "");
}

}  // namespace
}  // namespace crm::redis

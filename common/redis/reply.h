#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

struct redisReply;

namespace crm::redis {

// One reply of Redis, or an element of one. A value: cheap to copy, immutable, keeps the whole
// reply alive. Views into it are valid as long as any copy lives.
class Reply {
 public:
  enum class Type { kNil, kInteger, kText, kArray, kError };

  // Takes ownership.
  explicit Reply(redisReply* reply);

  Type type() const;
  bool IsNil() const { return type() == Type::kNil; }
  bool IsArray() const { return type() == Type::kArray; }
  int64_t integer() const;         // 0 unless an integer
  absl::string_view view() const;  // a string, a status or an error's text; else empty
  std::string text() const { return std::string(view()); }
  size_t size() const;  // elements of an array, else 0
  Reply operator[](size_t element) const;

  // The value that follows `name` in an array of names and values (XINFO, entry fields, …); nil
  // where there is none.
  Reply Field(absl::string_view name) const;

 private:
  Reply(std::shared_ptr<redisReply> root, const redisReply* node)
      : root_(std::move(root)), node_(node) {}

  std::shared_ptr<redisReply> root_;
  const redisReply* node_;
};

// The status for an error text of Redis; the text stays in the message and its first word is kept:
//   OOM                                              RESOURCE_EXHAUSTED
//   READONLY LOADING MASTERDOWN CLUSTERDOWN BUSY     UNAVAILABLE
//   TRYAGAIN UNKILLABLE NOREPLICAS MISCONF MOVED ASK  UNAVAILABLE
//   NOSCRIPT NOGROUP                                 NOT_FOUND
//   NOAUTH WRONGPASS NOPERM                          PERMISSION_DENIED
//   WRONGTYPE BUSYGROUP                              FAILED_PRECONDITION
//   anything else                                    INTERNAL
absl::Status StatusOfError(absl::string_view text);

// The first word of the Redis error behind `status` ("OOM", "NOSCRIPT"); empty if it is none.
std::string ErrorPrefix(const absl::Status& status);

}  // namespace crm::redis

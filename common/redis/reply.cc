#include "common/redis/reply.h"

#include <hiredis/hiredis.h>

#include <utility>

#include "absl/strings/cord.h"

namespace crm::redis {
namespace {

constexpr char kPrefixPayload[] = "crm.redis/prefix";

absl::StatusCode CodeOf(absl::string_view prefix) {
  static constexpr std::pair<absl::string_view, absl::StatusCode> kCodes[] = {
      {"OOM", absl::StatusCode::kResourceExhausted},
      {"READONLY", absl::StatusCode::kUnavailable},
      {"LOADING", absl::StatusCode::kUnavailable},
      {"MOVED", absl::StatusCode::kUnavailable},
      {"ASK", absl::StatusCode::kUnavailable},
      {"MASTERDOWN", absl::StatusCode::kUnavailable},
      {"CLUSTERDOWN", absl::StatusCode::kUnavailable},
      {"BUSY", absl::StatusCode::kUnavailable},
      {"TRYAGAIN", absl::StatusCode::kUnavailable},
      {"UNKILLABLE", absl::StatusCode::kUnavailable},
      {"NOREPLICAS", absl::StatusCode::kUnavailable},
      {"MISCONF", absl::StatusCode::kUnavailable},
      {"NOSCRIPT", absl::StatusCode::kNotFound},
      {"NOGROUP", absl::StatusCode::kNotFound},
      {"NOAUTH", absl::StatusCode::kPermissionDenied},
      {"WRONGPASS", absl::StatusCode::kPermissionDenied},
      {"NOPERM", absl::StatusCode::kPermissionDenied},
      {"WRONGTYPE", absl::StatusCode::kFailedPrecondition},
      {"BUSYGROUP", absl::StatusCode::kFailedPrecondition},
  };
  for (const auto& [word, code] : kCodes) {
    if (word == prefix) return code;
  }
  return absl::StatusCode::kInternal;
}

}  // namespace

Reply::Reply(redisReply* reply)
    : root_(reply, [](redisReply* owned) { freeReplyObject(owned); }), node_(reply) {}

Reply::Type Reply::type() const {
  switch (node_->type) {
    case REDIS_REPLY_INTEGER:
      return Type::kInteger;
    case REDIS_REPLY_ARRAY:
      return Type::kArray;
    case REDIS_REPLY_ERROR:
      return Type::kError;
    case REDIS_REPLY_NIL:
      return Type::kNil;
    default:
      return Type::kText;
  }
}

int64_t Reply::integer() const {
  return node_->type == REDIS_REPLY_INTEGER ? static_cast<int64_t>(node_->integer) : 0;
}

absl::string_view Reply::view() const {
  const Type kind = type();
  if (kind != Type::kText && kind != Type::kError) return {};
  return absl::string_view(node_->str, static_cast<size_t>(node_->len));
}

size_t Reply::size() const { return node_->type == REDIS_REPLY_ARRAY ? node_->elements : 0; }

Reply Reply::operator[](size_t element) const { return Reply(root_, node_->element[element]); }

Reply Reply::Field(absl::string_view name) const {
  for (size_t i = 0; i + 1 < size(); i += 2) {
    const redisReply* key = node_->element[i];
    if (key->str != nullptr && absl::string_view(key->str, key->len) == name) {
      return (*this)[i + 1];
    }
  }
  static redisReply nil = [] {
    redisReply reply{};
    reply.type = REDIS_REPLY_NIL;
    return reply;
  }();
  return Reply(root_, &nil);
}

absl::Status StatusOfError(absl::string_view text) {
  const absl::string_view prefix = text.substr(0, text.find(' '));
  absl::Status status(CodeOf(prefix), text);
  status.SetPayload(kPrefixPayload, absl::Cord(prefix));
  return status;
}

std::string ErrorPrefix(const absl::Status& status) {
  const auto payload = status.GetPayload(kPrefixPayload);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace crm::redis

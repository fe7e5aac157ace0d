#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message_lite.h>

#include <string>

namespace crm::rpc {

// 16 bytes that tell whether two requests of a method are the same: SHA-256, cut, over the method's
// name and the request's deterministic serialization. Stable across processes of one build of the
// protos; two requests that differ only in map order are the same.
std::string RequestHash(absl::string_view method, const google::protobuf::MessageLite& request);

}  // namespace crm::rpc

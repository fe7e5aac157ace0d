#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

// One test of all methods of a service with all kinds of bad input.
namespace crm::testing {

// A method and a request that it takes, as protobuf text. In it "$NAME" stands for the thing that
// BadInput::name names.
struct MethodCase {
  std::string method;
  std::string valid;
  std::vector<std::string> required = {};  // paths of what must not be missing
  std::vector<std::string> ignored = {};   // paths below which callers may write what they like
};

struct BadInput {
  std::shared_ptr<grpc::Channel> channel;
  std::string tenant;
  std::string name;        // of a thing of this tenant
  std::string request_id;  // one that has been used
  // All that is stored, as text.
  std::function<std::string()> stored;
};

// `service` is its full name. There is a case for each of its methods, and no method takes, for any
// field of its request at any depth, a text that is not UTF-8, holds a NUL byte or is too long, or
// a name of another form; nor a request without what is required, with a request id that was used,
// with a stale etag, or for a thing of another tenant. Each is refused with the right code, reason
// and path, and nothing is written.
void ExpectBadInputRefused(const std::string& service, const std::vector<MethodCase>& cases,
                           const BadInput& input);

}  // namespace crm::testing

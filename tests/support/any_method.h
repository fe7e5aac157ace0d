#pragma once

#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

// Calls of methods that are known by nothing but the server's reflection.
namespace crm::testing {

// The services of ours that the server names.
std::vector<std::string> ServicesOf(const std::shared_ptr<grpc::Channel>& channel);

// Every method of every service of ours that the server names, in the order of their names. Those
// services must be linked into the test: a name that is not known fails the test.
std::vector<const google::protobuf::MethodDescriptor*> MethodsOf(
    const std::shared_ptr<grpc::Channel>& channel);

// Calls a method, with bytes for a request, and waits for its end. `answer` gets the bytes of the
// response, if there is one. Of a stream it is the first one, after which the call is given up: OK.
grpc::Status CallAny(const std::shared_ptr<grpc::Channel>& channel,
                     const google::protobuf::MethodDescriptor& method,
                     const std::multimap<std::string, std::string>& metadata,
                     const std::string& request = "", std::string* answer = nullptr);

}  // namespace crm::testing

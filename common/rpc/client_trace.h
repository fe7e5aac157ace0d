#pragma once

#include <grpcpp/support/client_interceptor.h>

#include <memory>
#include <vector>

namespace crm::rpc {

// For channels of a process that traces: each call gets a span below the calling thread's active
// one and carries its W3C trace context, whatever context the caller set. A call without a span
// above keeps the caller's context, or gets one that says "not recorded", so that its server begins
// no trace of its own in the middle.
std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> ClientTracing();

}  // namespace crm::rpc

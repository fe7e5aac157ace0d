#pragma once

#include <grpcpp/support/client_interceptor.h>

#include <memory>
#include <vector>

namespace crm::rpc {

// For channels of a process that traces: each call gets a span, below the trace context that its
// caller set, else below the calling thread's active span, and carries the context of that span. A
// call with neither gets a context that says "not recorded", so that its server begins no trace in
// the middle of something.
std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> ClientTracing();

}  // namespace crm::rpc

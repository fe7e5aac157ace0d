#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"

namespace crm::testing {

// A span as the official protos have it, with the resource's attributes.
struct CollectedSpan {
  opentelemetry::proto::trace::v1::Span span;
  std::map<std::string, std::string> resource;
};

// A collector of spans over OTLP on a free port of loopback.
class OtlpCollector final
    : public opentelemetry::proto::collector::trace::v1::TraceService::Service {
 public:
  OtlpCollector() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  grpc::Status Export(
      grpc::ServerContext*,
      const opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest* request,
      opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse*) override {
    absl::MutexLock lock(&mutex_);
    for (const auto& resource : request->resource_spans()) {
      std::map<std::string, std::string> attributes;
      for (const auto& pair : resource.resource().attributes()) {
        attributes[pair.key()] = pair.value().string_value();
      }
      for (const auto& scope : resource.scope_spans()) {
        for (const auto& span : scope.spans()) spans_.push_back({span, attributes});
      }
    }
    return grpc::Status::OK;
  }

  std::string endpoint() const { return absl::StrCat("127.0.0.1:", port_); }

  std::vector<CollectedSpan> spans() const {
    absl::MutexLock lock(&mutex_);
    return spans_;
  }

 private:
  int port_ = 0;
  mutable absl::Mutex mutex_;
  std::vector<CollectedSpan> spans_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Server> server_;  // last: it calls the others
};

}  // namespace crm::testing

#pragma once

#include <absl/status/status.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/base/steady_clock.h"
#include "common/rpc/admission.h"
#include "common/rpc/call_context.h"
#include "common/rpc/validation.h"
#include "common/trace/span.h"

// Methods that answer with a stream of messages: for as long as the caller likes, and so not on
// the workers. What they do must not block.
namespace crm::rpc {

struct Binding;
class Executor;
class MethodMetrics;
class StreamMethodCore;
class TenantCalls;
class TenantLimits;

// Where the messages of one call come from. Its functions are called on gRPC's threads; after its
// destruction the call is over.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  // What was written last has left; or, if not `ok`, the call is broken and needs its Finish.
  virtual void Written(bool ok) = 0;
  // Nobody listens any more: the caller went away, its deadline passed, or Cancel was called. May
  // come beside all else, once; the call still needs its Finish.
  virtual void Cancelled() = 0;
};

// One call. Owns itself: it lives until Finish was called and gRPC is done with it.
class StreamCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  const CallContext& context() const { return context_; }

  // Sends a serialized message. Not before the one before was Written.
  void Write(grpc::ByteBuffer message);
  // Ends the call, exactly once, with nothing under way: OK, or the error as status_bridge.h shows
  // it.
  void End(const absl::Status& status);
  // Breaks the call off, whatever is under way. As long as it lives, from any thread.
  void Cancel() { server_.TryCancel(); }

 private:
  friend class StreamMethodCore;

  StreamCall(StreamMethodCore& method, grpc::CallbackServerContext& server)
      : method_(method), server_(server) {}

  void OnWriteDone(bool ok) override { source_->Written(ok); }
  void OnCancel() override {
    if (source_ != nullptr) source_->Cancelled();
  }
  void OnDone() override { delete this; }

  StreamMethodCore& method_;
  grpc::CallbackServerContext& server_;
  CallContext context_;
  base::SteadyTime arrival_;
  std::optional<base::SteadyTime> opened_;  // when its first message was sent
  bool counted_ = false;                    // whether the metrics know that it started
  trace::Span span_;
  grpc::ByteBuffer message_;              // the one under way
  std::unique_ptr<StreamSource> source_;  // nullptr: it was refused
};

// The part that does not depend on the request. Made by a Service; destroyed after the server is
// shut down. Beyond its tenant's rate a call is refused; it does not count as an open call.
class StreamMethodCore {
 public:
  StreamMethodCore(const Binding& binding, const google::protobuf::MethodDescriptor& descriptor);
  virtual ~StreamMethodCore();
  StreamMethodCore(const StreamMethodCore&) = delete;
  StreamMethodCore& operator=(const StreamMethodCore&) = delete;

  absl::string_view name() const { return absl::string_view(path_).substr(1); }
  const std::string& path() const { return path_; }
  const google::protobuf::MethodDescriptor& descriptor() const { return descriptor_; }

  // On gRPC's thread: takes in one call.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request);

 protected:
  // Parses and checks the request, and opens its source; an error refuses the call.
  virtual absl::StatusOr<std::unique_ptr<StreamSource>> Open(const grpc::ByteBuffer& request,
                                                             StreamCall& call) = 0;
  // Parses; INVALID_ARGUMENT where a text is not UTF-8 or holds a NUL byte.
  static absl::Status Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& request);

 private:
  friend class StreamCall;

  absl::Status Admit(StreamCall& call);
  void Ended(StreamCall& call, const absl::Status& status);

  const google::protobuf::MethodDescriptor& descriptor_;
  const std::string path_;
  const std::string error_domain_;
  const Admission& admission_;
  const MethodAccess access_;
  Executor& executor_;
  const std::unique_ptr<MethodMetrics> metrics_;
  TenantCalls* const tenants_;
  TenantLimits* const limits_;
};

template <class Req>
class StreamMethod final : public StreamMethodCore {
 public:
  using CheckFunction = void (*)(const Req&, Validation&);
  // Makes the call's source, which may Write from now on; or an error, which refuses the call.
  using Opener =
      std::function<absl::StatusOr<std::unique_ptr<StreamSource>>(StreamCall&, const Req&)>;

  StreamMethod(const Binding& binding, const google::protobuf::MethodDescriptor& descriptor,
               CheckFunction check, Opener open)
      : StreamMethodCore(binding, descriptor), check_(check), open_(std::move(open)) {}

 private:
  absl::StatusOr<std::unique_ptr<StreamSource>> Open(const grpc::ByteBuffer& bytes,
                                                     StreamCall& call) override {
    Req request;
    if (absl::Status parsed = Parse(bytes, request); !parsed.ok()) return parsed;
    Validation validation(call.context().arrival);
    if (check_ != nullptr) check_(request, validation);
    if (!validation.ok()) return validation.ToStatus();
    return open_(call, request);
  }

  const CheckFunction check_;
  const Opener open_;
};

}  // namespace crm::rpc

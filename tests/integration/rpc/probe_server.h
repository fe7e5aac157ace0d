#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>

#include "common/error/error.h"
#include "common/metrics/registry.h"
#include "common/rpc/channel.h"
#include "common/rpc/method.h"
#include "common/rpc/server.h"
#include "common/rpc/status_bridge.h"
#include "tests/support/await.h"
#include "tests/support/proto/probe.grpc.pb.h"

namespace crm::rpc {

namespace v1 = probe::v1;
using EchoCall = Call<v1::EchoRequest, v1::Probe>;
using EchoCalls = absl::Span<EchoCall* const>;

// What the probe service does; each may be replaced before the server starts.
struct ProbeHandlers {
  std::function<absl::Status(const CallContext&, const v1::EchoRequest&, v1::Probe&)> echo =
      [](const CallContext&, const v1::EchoRequest& request, v1::Probe& response) {
        response = request.probe();
        return absl::OkStatus();
      };
  std::function<void(EchoCalls)> gather = [](EchoCalls calls) {
    for (EchoCall* call : calls) call->Finish(absl::OkStatus());
  };
  std::function<void(const v1::EchoRequest&, Validation&)> validate = nullptr;
};

using ProbeBase = v1::ProbeService::WithRawCallbackMethod_Echo<
    v1::ProbeService::WithRawCallbackMethod_Gather<v1::ProbeService::WithRawCallbackMethod_Peek<
        v1::ProbeService::WithRawCallbackMethod_Nothing<v1::ProbeService::Service>>>>;

class ProbeRpc final : public ProbeBase {
 public:
  ProbeRpc(const Binding& binding, const ProbeHandlers& handlers)
      : echo_(binding, {.name = "crm.probe.v1.ProbeService/Echo"}, handlers.validate,
              handlers.echo),
        gather_(
            binding,
            {.name = "crm.probe.v1.ProbeService/Gather", .lane = Lane::kWrite, .batch_limit = 8},
            nullptr, handlers.gather),
        peek_(binding, {.name = "crm.probe.v1.ProbeService/Peek", .lane = Lane::kCritical}, nullptr,
              handlers.echo),
        nothing_(binding, {.name = "crm.probe.v1.ProbeService/Nothing"}, nullptr, [](auto calls) {
          for (auto* call : calls) call->Finish(absl::OkStatus());
        }) {}

  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override {
    return echo_.Start(context, request, response);
  }
  grpc::ServerUnaryReactor* Gather(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override {
    return gather_.Start(context, request, response);
  }
  grpc::ServerUnaryReactor* Peek(grpc::CallbackServerContext* context,
                                 const grpc::ByteBuffer* request,
                                 grpc::ByteBuffer* response) override {
    return peek_.Start(context, request, response);
  }
  grpc::ServerUnaryReactor* Nothing(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return nothing_.Start(context, request, response);
  }

 private:
  Method<v1::EchoRequest, v1::Probe> echo_;
  Method<v1::EchoRequest, v1::Probe> gather_;
  Method<v1::EchoRequest, v1::Probe> peek_;
  Method<v1::EmptyRequest, v1::EmptyResponse> nothing_;
};

// A running probe server on a free port, with a client.
class ProbeServer {
 public:
  explicit ProbeServer(ProbeHandlers handlers = {}, ExecutorOptions executor_options = {},
                       std::vector<std::string> retryable = {})
      : executor_(executor_options), rpc_({executor_, "crm.probe.v1", metrics_}, handlers) {
    server_.Register(&rpc_, "crm.probe.v1.ProbeService");
    EXPECT_TRUE(server_.Start().ok());
    const auto channel =
        MakeChannel({.target = Address(), .service_config = ServiceConfigJson(retryable)});
    EXPECT_TRUE(channel.ok()) << channel.status();
    channel_ = *channel;
    stub_ = v1::ProbeService::NewStub(channel_);
  }
  ~ProbeServer() {
    server_.Drain(absl::ZeroDuration(), absl::Seconds(10));
    executor_.Stop();
  }

  std::string Address() const { return absl::StrCat("127.0.0.1:", server_.selected_port()); }
  v1::ProbeService::Stub& stub() { return *stub_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  Server& server() { return server_; }
  Executor& executor() { return executor_; }
  const metrics::Registry& metrics() const { return metrics_; }

  // One Echo; the error with its details.
  absl::Status Echo(const v1::EchoRequest& request, v1::Probe* response = nullptr) {
    grpc::ClientContext context;
    v1::Probe ignored;
    return FromGrpcStatus(stub_->Echo(&context, request, response ? response : &ignored));
  }
  // The same without waiting; `method` is a member of the stub.
  template <class M>
  std::future<absl::Status> Later(M method, const std::string& name = "") {
    return std::async(std::launch::async, [this, method, name] {
      grpc::ClientContext context;
      v1::EchoRequest request;
      request.mutable_probe()->set_name(name);
      v1::Probe response;
      return FromGrpcStatus((stub_.get()->*method)(&context, request, &response));
    });
  }

 private:
  metrics::Registry metrics_;
  Executor executor_;
  ProbeRpc rpc_;
  Server server_{ServerOptions{}};
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::ProbeService::Stub> stub_;
};

// A door that handlers wait at until the test opens it; counts who came.
class Door {
 public:
  ~Door() { Open(); }
  void Enter() {
    std::unique_lock<std::mutex> lock(mutex_);
    ++arrived_;
    opened_.wait(lock, [this] { return open_; });
  }
  void Open() {
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  int Arrived() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return arrived_;
  }
  bool AwaitArrivals(int count) const {
    return testing::Await(absl::Seconds(10), [&] { return Arrived() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
  int arrived_ = 0;
};

}  // namespace crm::rpc

#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>

#include "common/error/error.h"
#include "common/metrics/registry.h"
#include "common/rpc/channel.h"
#include "common/rpc/metadata.h"
#include "common/rpc/server.h"
#include "common/rpc/service.h"
#include "common/rpc/status_bridge.h"
#include "common/rpc/tenant_calls.h"
#include "common/rpc/tenant_limits.h"
#include "tests/support/await.h"
#include "tests/support/proto/probe.grpc.pb.h"

namespace crm::rpc {

namespace v1 = probe::v1;
using EchoCall = Call<v1::EchoRequest, v1::Probe>;
using EchoCalls = Calls<v1::EchoRequest, v1::Probe>;

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
};

inline void Check(const v1::EchoRequest& request, Validation& v) {
  v.Number("probe.size", request.probe().size(), 0, 100)
      .Text("probe.note", request.probe().note(), {.max = 10});
}

inline absl::Status EchoOne(const ProbeHandlers& handlers, const CallContext& context,
                            const v1::EchoRequest& request, v1::Probe& response) {
  return handlers.echo(context, request, response);
}
inline void GatherAll(const ProbeHandlers& handlers, EchoCalls calls) { handlers.gather(calls); }
inline absl::Status DoNothing(const ProbeHandlers&, const CallContext&, const v1::EmptyRequest&,
                              v1::EmptyResponse&) {
  return absl::OkStatus();
}

// Peek has a worker of its own.
class ProbeService final : public Service<ProbeHandlers> {
 public:
  ProbeService(const Binding& binding, const ProbeHandlers& handlers)
      : Service(v1::ProbeService::service_full_name(), binding, handlers) {
    Single("Echo", Lane::kRead, Check, EchoOne);
    Batched("Gather", Lane::kWrite, 8, Check, GatherAll);
    Single("Peek", OwnLane(0), Check, EchoOne);
    Single("Nothing", Lane::kRead, nullptr, DoNothing);
  }
};

// A running probe server on a free port, with a client.
class ProbeServer {
 public:
  explicit ProbeServer(ProbeHandlers handlers = {}, ExecutorOptions executor_options = {},
                       std::vector<std::string> retryable = {}, TenantLimitOptions limits = {},
                       const Admission& admission = Admission::Open())
      : limits_(limits),
        executor_(WithOwnWorker(executor_options)),
        service_({.executor = executor_,
                  .error_domain = "crm.probe.v1",
                  .metrics = metrics_,
                  .tenants = &tenants_,
                  .limits = limits.Any() ? &limits_ : nullptr,
                  .admission = &admission},
                 handlers) {
    server_.Register(service_);
    EXPECT_TRUE(server_.Start().ok());
    const auto channel = MakeChannel(
        {.target = Address(), .service_config = ServiceConfigJson(retryable, HealthChecks::kNo)});
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
  std::future<absl::Status> Later(M method, const std::string& name = "",
                                  const std::string& tenant = "default") {
    return std::async(std::launch::async, [this, method, name, tenant] {
      grpc::ClientContext context;
      context.AddMetadata(kTenantKey, tenant);
      v1::EchoRequest request;
      request.mutable_probe()->set_name(name);
      v1::Probe response;
      return FromGrpcStatus((stub_.get()->*method)(&context, request, &response));
    });
  }

 private:
  static ExecutorOptions WithOwnWorker(ExecutorOptions options) {
    options.own_workers = {1};
    return options;
  }

  metrics::Registry metrics_;
  TenantCalls tenants_{metrics_};
  TenantLimits limits_;
  Executor executor_;
  ProbeService service_;
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

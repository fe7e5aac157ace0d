#include "common/rpc/client_trace.h"

#include <absl/strings/str_format.h>
#include <absl/strings/string_view.h>

#include <map>
#include <string>
#include <utility>

#include "common/base/random.h"
#include "common/rpc/metadata.h"
#include "common/rpc/status_bridge.h"
#include "common/trace/span.h"

namespace crm::rpc {
namespace {

using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::InterceptorBatchMethods;

std::string UnrecordedContext() {
  const uint64_t high = base::RandomBits() | 1, low = base::RandomBits();
  return absl::StrFormat("00-%016x%016x-%016x-00", high, low, base::RandomBits() | 1);
}

class TracedCall : public grpc::experimental::Interceptor {
 public:
  explicit TracedCall(const ClientRpcInfo& call) : method_(call.method() + 1) {}  // "/svc/method"

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      BeginSpan(*methods->GetSendInitialMetadata());
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_STATUS)) {
      const grpc::StatusCode code = methods->GetRecvStatus()->error_code();
      span_.Set("rpc.grpc.status_code", static_cast<int64_t>(code));
      if (code != grpc::StatusCode::OK) span_.Fail(CodeName(code));
      span_.End();
    }
    methods->Proceed();
  }

 private:
  // On the thread that makes the call.
  void BeginSpan(std::multimap<std::string, std::string>& metadata) {
    const auto given = metadata.find(kTraceparentKey);
    if (given == metadata.end()) {
      span_ = trace::BeginBelow(method_, trace::Kind::kClient);
      metadata.emplace(kTraceparentKey,
                       span_.recorded() ? span_.traceparent() : UnrecordedContext());
    } else {
      span_ = trace::Begin(method_, {.kind = trace::Kind::kClient, .parent = given->second});
      if (span_.recorded()) given->second = span_.traceparent();
    }
    span_.Set("rpc.system", "grpc");
  }

  const std::string method_;
  trace::Span span_;
};

class Factory : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateClientInterceptor(ClientRpcInfo* call) override {
    return new TracedCall(*call);
  }
};

}  // namespace

std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
ClientTracing() {
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> factories;
  factories.push_back(std::make_unique<Factory>());
  return factories;
}

}  // namespace crm::rpc

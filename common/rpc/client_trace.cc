#include "common/rpc/client_trace.h"

#include <absl/strings/str_format.h>
#include <absl/strings/string_view.h>

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
  // On the thread that makes the call.
  explicit TracedCall(const ClientRpcInfo& call)
      : span_(trace::BeginBelow(absl::string_view(call.method()).substr(1), trace::Kind::kClient)) {
    span_.Set("rpc.system", "grpc");
  }

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      SetContext(*methods->GetSendInitialMetadata());
    }
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_STATUS)) {
      const grpc::StatusCode code = methods->GetRecvStatus()->error_code();
      span_.Set("rpc.grpc.status_code", code);
      if (code != grpc::StatusCode::OK) span_.Fail(CodeName(code));
      span_.End();
    }
    methods->Proceed();
  }

 private:
  void SetContext(std::multimap<std::string, std::string>& metadata) {
    if (span_.recorded()) {
      metadata.erase(kTraceparentKey);
      metadata.emplace(kTraceparentKey, span_.traceparent());
    } else if (metadata.count(kTraceparentKey) == 0) {
      metadata.emplace(kTraceparentKey, UnrecordedContext());
    }
  }

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

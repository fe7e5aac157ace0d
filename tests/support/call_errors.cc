#include "tests/support/call_errors.h"

#include <grpcpp/support/client_interceptor.h>

#include "absl/strings/str_cat.h"
#include "tests/support/leaks.h"

namespace crm::testing {
namespace {

using grpc::experimental::InterceptionHookPoints;

class Listener final : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_STATUS)) {
      const grpc::Status* const status = methods->GetRecvStatus();
      if (status != nullptr && !status->ok()) {
        KeepTold("errors of calls",
                 absl::StrCat(status->error_message(), "\n", status->error_details()));
      }
    }
    methods->Proceed();
  }
};

class Listeners final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    return new Listener();
  }
};

}  // namespace

bool WatchCallErrors() {
  static const bool kWatching = [] {
    grpc::experimental::RegisterGlobalClientInterceptorFactory(new Listeners());
    return true;
  }();
  return kWatching;
}

}  // namespace crm::testing

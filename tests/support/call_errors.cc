// What clients of this process are told when a call fails is kept (see leaks.h), by whatever
// channel and whoever asked. Every test program that speaks gRPC and has servers is linked with
// this (cmake/CrmTargets.cmake).

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

bool Listen() {
  grpc::experimental::RegisterGlobalClientInterceptorFactory(new Listeners());
  return true;
}

}  // namespace
}  // namespace crm::testing

// Before main, and so before any channel. The name by which the linker takes this file.
extern "C" {
extern const bool crm_call_errors_are_kept;
const bool crm_call_errors_are_kept = crm::testing::Listen();
}

#include "common/rpc/health_listener.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>

#include <utility>
#include <vector>

#include "common/rpc/listening.h"

namespace crm::rpc {
namespace {

// Leaves out what the process adds to all its servers, such as reflection.
class NoPlugins final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->clear();
  }
};

constexpr int kMaxRequestBytes = 1024;

}  // namespace

HealthListener::~HealthListener() {
  if (server_ == nullptr) return;
  server_->Shutdown(absl::ToChronoTime(absl::Now()));
  server_->Wait();
}

absl::Status HealthListener::Start(const std::string& listen, const std::string& port_file) {
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<NoPlugins>());
  builder.RegisterCallbackGenericService(&unknown_);
  builder.SetMaxReceiveMessageSize(kMaxRequestBytes);
  auto listening = Listen(builder, listen, grpc::InsecureServerCredentials(), port_file);
  if (!listening.ok()) return listening.status();
  port_ = listening->port;
  server_ = std::move(listening->server);
  for (const char* const name : {kReadiness, kStartup, kLiveness}) Set(name, false);
  return absl::OkStatus();
}

void HealthListener::Set(absl::string_view name, bool serving) {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(std::string(name), serving);
}

}  // namespace crm::rpc

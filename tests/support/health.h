#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

// A client of grpc.health.v1 without its generated code.
namespace crm::testing {

// As HealthCheckResponse.ServingStatus numbers them; kUnknown also for an unknown name or no
// answer.
enum Health { kUnknown = 0, kServing = 1, kNotServing = 2 };

// Asks Health/Check.
Health HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& name);
// The same on a port of this machine, by a connection of its own.
Health HealthOn(int port, const std::string& name);

// An open Health/Watch. One thread.
class HealthWatch {
 public:
  HealthWatch(const std::shared_ptr<grpc::Channel>& channel, const std::string& name);
  ~HealthWatch();
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

  // The next status; kUnknown when there is none within half a minute, or the stream ends.
  Health Next();

 private:
  // Waits for the operation under way, half a minute; false if it is still under way then. `ok`:
  // whether it succeeded.
  bool Await(bool& ok);

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue events_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
};

}  // namespace crm::testing

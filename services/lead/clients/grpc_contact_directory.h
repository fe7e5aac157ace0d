#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// The contact service by gRPC: one BatchGetContacts per tenant for the distinct contacts.
class GrpcContactDirectory final : public ContactDirectory {
 public:
  explicit GrpcContactDirectory(const std::shared_ptr<grpc::Channel>& channel);
  // For tests: takes the stub.
  explicit GrpcContactDirectory(std::unique_ptr<contact::v1::ContactService::StubInterface> stub);

  void Check(absl::Span<const ContactKey> contacts, absl::Span<absl::Status> findings,
             base::Deadline deadline) override;

 private:
  const std::unique_ptr<contact::v1::ContactService::StubInterface> stub_;
};

}  // namespace crm::lead

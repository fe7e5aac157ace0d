#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "common/neighbours/contact_directory.h"
#include "crm/contact/v1/contact_service.grpc.pb.h"

namespace crm::neighbours {

// The contact service by gRPC: one BatchGetContacts per tenant for the distinct contacts.
class GrpcContactDirectory final : public ContactDirectory {
 public:
  // `asker` is the actor of its calls, "crm-lead".
  GrpcContactDirectory(const std::shared_ptr<grpc::Channel>& channel, std::string asker);

  void Check(absl::Span<const ContactKey> contacts, absl::Span<absl::Status> findings,
             base::Deadline deadline) override;

 private:
  const std::string asker_;
  const std::unique_ptr<contact::v1::ContactService::StubInterface> stub_;
};

}  // namespace crm::neighbours

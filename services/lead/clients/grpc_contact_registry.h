#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "services/lead/domain/contact_registry.h"

namespace crm::lead {

// The contact service by gRPC.
class GrpcContactRegistry final : public ContactRegistry {
 public:
  explicit GrpcContactRegistry(const std::shared_ptr<grpc::Channel>& channel);

  absl::StatusOr<FoundContact> Find(const RegistryCaller& caller,
                                    const ContactFacts& facts) override;
  absl::Status Create(const RegistryCaller& caller, const ContactDraft& draft) override;

 private:
  const std::unique_ptr<contact::v1::ContactService::StubInterface> stub_;
};

}  // namespace crm::lead

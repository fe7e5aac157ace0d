#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>
#include <vector>

#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "services/lead/prediction/prediction_ports.h"

namespace crm::lead {

// The contact service by gRPC: BatchGetContacts for the contacts, 1,000 at a time, and once more
// for the organizations of those who are persons.
class GrpcOrganizationDirectory final : public OrganizationDirectory {
 public:
  explicit GrpcOrganizationDirectory(const std::shared_ptr<grpc::Channel>& channel);

  absl::StatusOr<std::vector<OrganizationFacts>> Find(const std::string& tenant,
                                                      absl::Span<const base::Uuid> contacts,
                                                      base::Deadline deadline) override;

 private:
  const std::unique_ptr<contact::v1::ContactService::StubInterface> stub_;
};

}  // namespace crm::lead

#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"
#include "crm/opportunity/v1/pipeline_service.grpc.pb.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// Asks the contact and the opportunity service by gRPC, both at once.
class GrpcConversionFacts final : public ConversionFactFinder {
 public:
  GrpcConversionFacts(const std::shared_ptr<grpc::Channel>& contact,
                      const std::shared_ptr<grpc::Channel>& opportunity);

  absl::StatusOr<ConversionFacts> Find(const std::string& tenant, const base::Uuid& contact,
                                       const std::string& pipeline,
                                       base::Deadline deadline) override;

  absl::StatusOr<AttachmentOutlook> FindAttachment(const OpportunityOrder& order) override;

  absl::StatusOr<EmployerOutlook> FindEmployer(const std::string& tenant,
                                               const PlannedEmployer& employer,
                                               base::Deadline deadline) override;

 private:
  const std::unique_ptr<contact::v1::ContactService::StubInterface> contacts_;
  const std::unique_ptr<opportunity::v1::OpportunityService::StubInterface> opportunities_;
  const std::unique_ptr<opportunity::v1::PipelineService::StubInterface> pipelines_;
};

}  // namespace crm::lead

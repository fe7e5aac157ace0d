#include "common/neighbours/grpc_lead_directory.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "common/error/error.h"
#include "common/error/refusals.h"
#include "common/neighbours/tenant_enquiries.h"
#include "common/rpc/resource_name.h"

namespace crm::neighbours {
namespace {

namespace leads_pb = ::crm::lead::v1;

// Shorter than for a contact: who waits holds up openings that name no lead.
constexpr absl::Duration kLeadPatience = absl::Seconds(2);

absl::Status LeadTaken(const std::string& opportunity, const std::string& lead) {
  error::Error taken = error::DuplicateId("lead", opportunity);
  taken.With("name", opportunity);
  return taken.With("lead", lead);
}

}  // namespace

GrpcLeadDirectory::GrpcLeadDirectory(const std::shared_ptr<grpc::Channel>& channel,
                                     std::string asker)
    : asker_(std::move(asker)), stub_(leads_pb::LeadService::NewStub(channel)) {}

void GrpcLeadDirectory::Check(absl::Span<const LeadClaim> claims, absl::Span<absl::Status> findings,
                              base::Deadline deadline) {
  TenantEnquiries<leads_pb::BatchGetLeadsRequest, leads_pb::BatchGetLeadsResponse> enquiries(
      asker_, "lead");
  for (const LeadClaim& claim : claims) {
    enquiries.Add(claim.tenant, rpc::FormatName("leads", claim.lead));
  }
  enquiries.Ask(deadline, kLeadPatience,
                [this](auto... call) { stub_->async()->BatchGetLeads(std::move(call)...); });
  // What each live lead has become.
  absl::flat_hash_map<std::pair<std::string, std::string>, std::string> live;
  enquiries.ForEach([&live](const std::string& tenant, const auto& response) {
    for (const leads_pb::Lead& lead : response.leads()) {
      if (!lead.has_delete_time()) live.try_emplace({tenant, lead.name()}, lead.opportunity());
    }
  });
  for (size_t i = 0; i < claims.size(); ++i) {
    const std::string name = rpc::FormatName("leads", claims[i].lead);
    findings[i] = enquiries.Answered(claims[i].tenant);
    if (!findings[i].ok()) continue;
    const auto found = live.find({claims[i].tenant, name});
    if (found == live.end()) {
      findings[i] = error::NotFound(name);
    } else if (!found->second.empty() &&
               found->second != rpc::FormatName("opportunities", claims[i].opportunity)) {
      findings[i] = LeadTaken(found->second, name);
    }
  }
}

}  // namespace crm::neighbours

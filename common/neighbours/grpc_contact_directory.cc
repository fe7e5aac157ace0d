#include "common/neighbours/grpc_contact_directory.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "common/error/error.h"
#include "common/neighbours/tenant_enquiries.h"
#include "common/rpc/resource_name.h"

namespace crm::neighbours {
namespace {

namespace pb = ::crm::contact::v1;

constexpr absl::Duration kMostPatience = absl::Seconds(5);

}  // namespace

GrpcContactDirectory::GrpcContactDirectory(const std::shared_ptr<grpc::Channel>& channel,
                                           std::string asker)
    : asker_(std::move(asker)), stub_(pb::ContactService::NewStub(channel)) {}

void GrpcContactDirectory::Check(absl::Span<const ContactKey> contacts,
                                 absl::Span<absl::Status> findings, base::Deadline deadline) {
  TenantEnquiries<pb::BatchGetContactsRequest, pb::BatchGetContactsResponse> enquiries(asker_,
                                                                                       "contact");
  for (const ContactKey& key : contacts) {
    enquiries.Add(key.tenant, rpc::FormatName("contacts", key.id));
  }
  enquiries.Ask(deadline, kMostPatience,
                [this](auto... call) { stub_->async()->BatchGetContacts(std::move(call)...); });
  absl::flat_hash_set<std::pair<std::string, std::string>> live;
  enquiries.ForEach([&live](const std::string& tenant, const auto& response) {
    for (const pb::Contact& contact : response.contacts()) {
      if (!contact.has_delete_time()) live.emplace(tenant, contact.name());
    }
    // Who was merged into a live one goes by its old name all the same.
    for (const auto& [old_name, name] : response.resolved_names()) {
      if (live.contains({tenant, name})) live.emplace(tenant, old_name);
    }
  });
  for (size_t i = 0; i < contacts.size(); ++i) {
    const std::string name = rpc::FormatName("contacts", contacts[i].id);
    findings[i] = enquiries.Answered(contacts[i].tenant);
    if (findings[i].ok() && !live.contains({contacts[i].tenant, name})) {
      findings[i] = error::NotFound(name);
    }
  }
}

}  // namespace crm::neighbours

#include "services/lead/clients/grpc_organization_directory.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/resource_name.h"
#include "services/lead/clients/grpc_employer.h"

namespace crm::lead {
namespace {

namespace contacts = ::crm::contact::v1;

constexpr absl::Duration kContactPatience = absl::Seconds(10);
constexpr int kMostContacts = 1000;

// What was found under each name. A person has the name of its organization.
struct Entry {
  std::string organization;
  OrganizationFacts facts;
};
using Entries = absl::flat_hash_map<std::string, Entry>;

Entry EntryOf(const contacts::Contact& contact) {
  Entry entry;
  if (contact.has_person()) {
    entry.organization = EmployerOf(contact);
  } else {
    const contacts::Organization& organization = contact.organization();
    entry.facts.industry = organization.industry();
    entry.facts.country = organization.location();
    if (organization.has_employee_count()) {
      entry.facts.employee_count = organization.employee_count();
    }
  }
  return entry;
}

absl::Status Ask(contacts::ContactService::StubInterface& stub, const std::string& tenant,
                 const contacts::BatchGetContactsRequest& request, base::Deadline deadline,
                 Entries& entries) {
  rpc::CallContext context;
  context.tenant = tenant;
  context.actor = "crm-lead";
  context.deadline = deadline;
  const auto client = rpc::ClientContextFor(context, kContactPatience);
  contacts::BatchGetContactsResponse response;
  const grpc::Status status = stub.BatchGetContacts(client.get(), request, &response);
  if (!status.ok()) {
    if (deadline.Passed()) return error::DeadlinePassed().With("where", "contact");
    return error::Unavailable(error::kNeighbourUnavailable, "The contact service did not answer.",
                              absl::Seconds(1))
        .With("service", "contact");
  }
  for (const contacts::Contact& contact : response.contacts()) {
    entries[contact.name()] = EntryOf(contact);
  }
  return absl::OkStatus();
}

// Adds what is found under `names`, which may repeat.
absl::Status Collect(contacts::ContactService::StubInterface& stub, const std::string& tenant,
                     std::vector<std::string> names, base::Deadline deadline, Entries& entries) {
  std::erase_if(names, [&](const std::string& name) { return entries.contains(name); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  contacts::BatchGetContactsRequest request;
  for (std::string& name : names) {
    request.add_names(std::move(name));
    if (request.names_size() < kMostContacts) continue;
    CRM_RETURN_IF_ERROR(Ask(stub, tenant, request, deadline, entries));
    request.clear_names();
  }
  if (request.names().empty()) return absl::OkStatus();
  return Ask(stub, tenant, request, deadline, entries);
}

}  // namespace

GrpcOrganizationDirectory::GrpcOrganizationDirectory(const std::shared_ptr<grpc::Channel>& channel)
    : stub_(contacts::ContactService::NewStub(channel)) {}

absl::StatusOr<std::vector<OrganizationFacts>> GrpcOrganizationDirectory::Find(
    const std::string& tenant, absl::Span<const base::Uuid> ids, base::Deadline deadline) {
  Entries entries;
  std::vector<std::string> names;
  for (const base::Uuid& id : ids) names.push_back(rpc::FormatName("contacts", id));
  CRM_RETURN_IF_ERROR(Collect(*stub_, tenant, names, deadline, entries));
  std::vector<std::string> organizations;
  for (const auto& [name, entry] : entries) {
    if (!entry.organization.empty()) organizations.push_back(entry.organization);
  }
  CRM_RETURN_IF_ERROR(Collect(*stub_, tenant, std::move(organizations), deadline, entries));
  std::vector<OrganizationFacts> found;
  for (const std::string& name : names) {
    auto at = entries.find(name);
    if (at != entries.end() && !at->second.organization.empty()) {
      at = entries.find(at->second.organization);
    }
    found.push_back(at == entries.end() ? OrganizationFacts() : at->second.facts);
  }
  return found;
}

}  // namespace crm::lead

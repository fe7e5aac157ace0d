#include "common/neighbours/grpc_contact_directory.h"

#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/blocking_counter.h"
#include "common/error/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/resource_name.h"

namespace crm::neighbours {
namespace {

namespace pb = ::crm::contact::v1;

constexpr absl::Duration kMostPatience = absl::Seconds(5);

// The question about one tenant's contacts.
struct Enquiry {
  absl::flat_hash_set<std::string> names;
  std::unique_ptr<grpc::ClientContext> context;
  pb::BatchGetContactsRequest request;
  pb::BatchGetContactsResponse response;
  grpc::Status status;
  absl::flat_hash_set<std::string> live;
};

absl::Status DirectoryAway() {
  return error::Unavailable(error::kNeighbourUnavailable, "The contact service did not answer.",
                            absl::Seconds(1))
      .With("service", "contact");
}

}  // namespace

GrpcContactDirectory::GrpcContactDirectory(const std::shared_ptr<grpc::Channel>& channel,
                                           std::string asker)
    : asker_(std::move(asker)), stub_(pb::ContactService::NewStub(channel)) {}

void GrpcContactDirectory::Check(absl::Span<const ContactKey> contacts,
                                 absl::Span<absl::Status> findings, base::Deadline deadline) {
  std::map<std::string, Enquiry> enquiries;
  for (const ContactKey& key : contacts) {
    Enquiry& enquiry = enquiries[key.tenant];
    std::string name = rpc::FormatName("contacts", key.id);
    if (enquiry.names.insert(name).second) enquiry.request.add_names(std::move(name));
  }
  absl::BlockingCounter left(static_cast<int>(enquiries.size()));
  for (auto& [tenant, enquiry] : enquiries) {
    rpc::CallContext context;
    context.tenant = tenant;
    context.actor = asker_;
    context.deadline = deadline;
    enquiry.context = rpc::ClientContextFor(context, kMostPatience);
    stub_->async()->BatchGetContacts(enquiry.context.get(), &enquiry.request, &enquiry.response,
                                     [&left, to = &enquiry](grpc::Status status) {
                                       to->status = std::move(status);
                                       left.DecrementCount();
                                     });
  }
  left.Wait();
  for (auto& [tenant, enquiry] : enquiries) {
    for (const pb::Contact& contact : enquiry.response.contacts()) {
      if (!contact.has_delete_time()) enquiry.live.insert(contact.name());
    }
  }
  for (size_t i = 0; i < contacts.size(); ++i) {
    const Enquiry& enquiry = enquiries[contacts[i].tenant];
    const std::string name = rpc::FormatName("contacts", contacts[i].id);
    if (!enquiry.status.ok()) {
      findings[i] =
          deadline.Passed() ? error::DeadlinePassed().With("where", "contact") : DirectoryAway();
    } else if (!enquiry.live.contains(name)) {
      findings[i] = error::NotFound(name);
    } else {
      findings[i] = absl::OkStatus();
    }
  }
}

}  // namespace crm::neighbours

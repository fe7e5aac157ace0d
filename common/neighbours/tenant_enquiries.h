#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "common/base/steady_clock.h"
#include "common/error/error.h"
#include "common/rpc/channel.h"

namespace crm::neighbours {

// Questions about things of several tenants: one call per tenant, all in flight at once. `Req` has
// names.
template <class Req, class Resp>
class TenantEnquiries {
 public:
  // `asker` is the actor of the calls, `service` whom they ask.
  TenantEnquiries(std::string asker, const char* service)
      : asker_(std::move(asker)), service_(service) {}

  // Names may repeat.
  void Add(const std::string& tenant, std::string name) {
    Enquiry& enquiry = enquiries_[tenant];
    if (enquiry.names.insert(name).second) enquiry.request.add_names(std::move(name));
  }

  // Makes each call by `start(context, request, response, done)` and waits for all of them, for
  // `patience` at most.
  template <class Start>
  void Ask(base::Deadline deadline, absl::Duration patience, const Start& start) {
    absl::BlockingCounter left(static_cast<int>(enquiries_.size()));
    for (auto& [tenant, enquiry] : enquiries_) {
      rpc::CallContext context;
      context.tenant = tenant;
      context.actor = asker_;
      context.deadline = deadline;
      enquiry.context = rpc::ClientContextFor(context, patience);
      start(enquiry.context.get(), &enquiry.request, &enquiry.response,
            [&left, to = &enquiry](grpc::Status status) {
              to->status = std::move(status);
              left.DecrementCount();
            });
    }
    left.Wait();
    deadline_ = deadline;
  }

  // Calls visit(tenant, response) for each; empty where there was no answer.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (const auto& [tenant, enquiry] : enquiries_) visit(tenant, enquiry.response);
  }

  // Why there is no answer for a tenant that was asked about; OK: there is one.
  absl::Status Answered(const std::string& tenant) const {
    if (enquiries_.at(tenant).status.ok()) return absl::OkStatus();
    if (deadline_.Passed()) return error::DeadlinePassed().With("where", service_);
    return error::Unavailable(error::kNeighbourUnavailable,
                              absl::StrCat("The ", service_, " service did not answer."),
                              absl::Seconds(1))
        .With("service", service_);
  }

 private:
  struct Enquiry {
    absl::flat_hash_set<std::string> names;
    std::unique_ptr<grpc::ClientContext> context;
    Req request;
    Resp response;
    grpc::Status status;
  };

  const std::string asker_;
  const char* const service_;
  base::Deadline deadline_ = base::Deadline::None();
  std::map<std::string, Enquiry> enquiries_;
};

}  // namespace crm::neighbours

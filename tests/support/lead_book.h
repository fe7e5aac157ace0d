#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "crm/lead/v1/lead_service.grpc.pb.h"

namespace crm::testing {

// A lead service on a loopback port, for services that ask it which leads there are: every one
// exists and has become nothing, but those of which a test says otherwise. Thread-safe.
class LeadBook final : private lead::v1::LeadService::Service {
 public:
  LeadBook();
  ~LeadBook() override;

  std::string address() const;

  void SetMissing(const std::string& name) ABSL_LOCKS_EXCLUDED(mutex_);
  void SetDeleted(const std::string& name) ABSL_LOCKS_EXCLUDED(mutex_);
  // What the lead has become: "opportunities/…".
  void SetBecome(const std::string& name, const std::string& opportunity)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // Nobody is there from now on.
  void Shutdown();

 private:
  grpc::Status BatchGetLeads(grpc::ServerContext* context,
                             const lead::v1::BatchGetLeadsRequest* request,
                             lead::v1::BatchGetLeadsResponse* response) override;

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  absl::Mutex mutex_;
  std::set<std::string> missing_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, lead::v1::Lead> known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::testing

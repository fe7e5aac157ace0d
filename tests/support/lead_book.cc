#include "tests/support/lead_book.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/server_folder.h"

namespace crm::testing {

LeadBook::LeadBook() {
  grpc::EnableDefaultHealthCheckService(true);
  server_ = grpc::ServerBuilder()
                .AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_)
                .RegisterService(this)
                .BuildAndStart();
  if (server_ == nullptr) Abort("no port for a lead service");
}

LeadBook::~LeadBook() { Shutdown(); }

void LeadBook::Shutdown() { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

std::string LeadBook::address() const { return absl::StrCat("127.0.0.1:", port_); }

void LeadBook::SetMissing(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  missing_.insert(name);
}

void LeadBook::SetDeleted(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  known_[name].mutable_delete_time()->set_seconds(1);
}

void LeadBook::SetBecome(const std::string& name, const std::string& opportunity) {
  absl::MutexLock lock(&mutex_);
  known_[name].set_opportunity(opportunity);
}

grpc::Status LeadBook::BatchGetLeads(grpc::ServerContext*,
                                     const lead::v1::BatchGetLeadsRequest* request,
                                     lead::v1::BatchGetLeadsResponse* response) {
  absl::MutexLock lock(&mutex_);
  for (const std::string& name : request->names()) {
    if (missing_.count(name) > 0) continue;
    lead::v1::Lead& found = *response->add_leads();
    found = known_[name];
    found.set_name(name);
  }
  return grpc::Status::OK;
}

}  // namespace crm::testing

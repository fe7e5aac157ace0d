#pragma once

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "crm/contact/v1/contact_service.grpc.pb.h"

namespace crm::testing {

// A contact service on a loopback port, for services that ask it which contacts there are: every
// one exists, but those that are said to be missing or deleted. Organizations are made and persons
// get employments, as often as they are asked for. Thread-safe.
class ContactBook final : private contact::v1::ContactService::Service {
 public:
  ContactBook();
  ~ContactBook() override;

  std::string address() const;
  std::shared_ptr<grpc::Channel> channel() const;

  void SetMissing(const std::string& name) ABSL_LOCKS_EXCLUDED(mutex_);
  void SetDeleted(const std::string& name) ABSL_LOCKS_EXCLUDED(mutex_);
  // Nobody is there from now on.
  void Shutdown();

  // How many calls there were, how many names they asked for, and on whose behalf.
  int calls() const ABSL_LOCKS_EXCLUDED(mutex_);
  int asked() const ABSL_LOCKS_EXCLUDED(mutex_);
  std::set<std::string> tenants() const ABSL_LOCKS_EXCLUDED(mutex_);
  std::set<std::string> actors() const ABSL_LOCKS_EXCLUDED(mutex_);
  // How many organizations were made, and where a person works.
  size_t made() const ABSL_LOCKS_EXCLUDED(mutex_);
  std::vector<std::string> EmployersOf(const std::string& person) const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  grpc::Status BatchGetContacts(grpc::ServerContext* context,
                                const contact::v1::BatchGetContactsRequest* request,
                                contact::v1::BatchGetContactsResponse* response) override;
  grpc::Status GetContact(grpc::ServerContext* context,
                          const contact::v1::GetContactRequest* request,
                          contact::v1::GetContactResponse* response) override;

  grpc::Status CreateContact(grpc::ServerContext* context,
                             const contact::v1::CreateContactRequest* request,
                             contact::v1::CreateContactResponse* response) override;
  grpc::Status UpdateContact(grpc::ServerContext* context,
                             const contact::v1::UpdateContactRequest* request,
                             contact::v1::UpdateContactResponse* response) override;

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable absl::Mutex mutex_;
  std::set<std::string> missing_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, contact::v1::Contact> made_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, contact::v1::Contact> edited_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> deleted_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> tenants_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> actors_ ABSL_GUARDED_BY(mutex_);
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::testing

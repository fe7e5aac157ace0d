#include "tests/support/contact_book.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

std::string Header(const grpc::ServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  if (found == context.client_metadata().end()) return "";
  return {found->second.data(), found->second.size()};
}

}  // namespace

ContactBook::ContactBook() {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  grpc::EnableDefaultHealthCheckService(true);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) Abort("no port for a contact service");
}

ContactBook::~ContactBook() { Shutdown(); }

void ContactBook::Shutdown() { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

std::string ContactBook::address() const { return absl::StrCat("127.0.0.1:", port_); }

std::shared_ptr<grpc::Channel> ContactBook::channel() const {
  return grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
}

void ContactBook::SetMissing(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  missing_.insert(name);
}

void ContactBook::SetDeleted(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  deleted_.insert(name);
}

int ContactBook::calls() const {
  absl::MutexLock lock(&mutex_);
  return calls_;
}

int ContactBook::asked() const {
  absl::MutexLock lock(&mutex_);
  return asked_;
}

std::set<std::string> ContactBook::tenants() const {
  absl::MutexLock lock(&mutex_);
  return tenants_;
}

std::set<std::string> ContactBook::actors() const {
  absl::MutexLock lock(&mutex_);
  return actors_;
}

grpc::Status ContactBook::BatchGetContacts(grpc::ServerContext* context,
                                           const contact::v1::BatchGetContactsRequest* request,
                                           contact::v1::BatchGetContactsResponse* response) {
  absl::MutexLock lock(&mutex_);
  tenants_.insert(Header(*context, "x-crm-tenant"));
  actors_.insert(Header(*context, "x-crm-actor"));
  ++calls_;
  asked_ += request->names_size();
  for (const std::string& name : request->names()) {
    if (missing_.count(name) > 0) {
      response->add_missing_names(name);
      continue;
    }
    contact::v1::Contact& contact = *response->add_contacts();
    contact.set_name(name);
    if (deleted_.count(name) > 0) contact.mutable_delete_time()->set_seconds(1);
  }
  return grpc::Status::OK;
}

grpc::Status ContactBook::GetContact(grpc::ServerContext*,
                                     const contact::v1::GetContactRequest* request,
                                     contact::v1::GetContactResponse* response) {
  absl::MutexLock lock(&mutex_);
  if (missing_.count(request->name()) > 0) return {grpc::StatusCode::NOT_FOUND, "none"};
  contact::v1::Contact& contact = *response->mutable_contact();
  contact.set_name(request->name());
  contact.set_etag("1");
  contact.mutable_person();
  if (const auto edited = edited_.find(request->name()); edited != edited_.end()) {
    contact = edited->second;
  }
  if (deleted_.count(request->name()) > 0) contact.mutable_delete_time()->set_seconds(1);
  return grpc::Status::OK;
}

grpc::Status ContactBook::CreateContact(grpc::ServerContext*,
                                        const contact::v1::CreateContactRequest* request,
                                        contact::v1::CreateContactResponse* response) {
  absl::MutexLock lock(&mutex_);
  const std::string name = "contacts/" + request->contact_id();
  contact::v1::Contact& contact = made_.try_emplace(name, request->contact()).first->second;
  contact.set_name(name);
  *response->mutable_contact() = contact;
  return grpc::Status::OK;
}

grpc::Status ContactBook::UpdateContact(grpc::ServerContext*,
                                        const contact::v1::UpdateContactRequest* request,
                                        contact::v1::UpdateContactResponse* response) {
  absl::MutexLock lock(&mutex_);
  contact::v1::Contact& contact = edited_[request->contact().name()];
  contact = request->contact();
  contact.mutable_person();
  *response->mutable_contact() = contact;
  return grpc::Status::OK;
}

size_t ContactBook::made() const {
  absl::MutexLock lock(&mutex_);
  return made_.size();
}

std::vector<std::string> ContactBook::EmployersOf(const std::string& person) const {
  absl::MutexLock lock(&mutex_);
  std::vector<std::string> names;
  const auto found = edited_.find(person);
  if (found == edited_.end()) return names;
  for (const auto& employment : found->second.employments()) {
    names.push_back(employment.organization());
  }
  return names;
}

}  // namespace crm::testing

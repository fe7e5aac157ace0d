#pragma once

#include <absl/synchronization/mutex.h>
#include <grpcpp/server.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "clients/cpp/channels.h"
#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "crm/lead/v1/lead_service.grpc.pb.h"
#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"

namespace crm::client {

// The three services in memory, behind one real gRPC server on a free port: just enough of their
// rules to import against. Safe to look into between calls.
class FakeServices {
 public:
  FakeServices();
  ~FakeServices();

  Addresses addresses() const { return {address_, address_, address_}; }

  // Asked before every call with "CreateLead" and so on and the name or id of the thing; an error
  // is the answer.
  std::function<grpc::Status(const std::string& method, const std::string& subject)> before;
  // Asked after every call that was fine: an error is sent although the work was done.
  std::function<grpc::Status(const std::string& method)> after;

  std::map<std::string, contact::v1::Contact> contacts;
  std::map<std::string, lead::v1::Lead> leads;
  std::map<std::string, opportunity::v1::Opportunity> opportunities;
  std::map<std::string, int> counts;            // calls by method
  std::map<std::string, std::string> requests;  // request id → request, serialized
  int writes = 0;                               // changes made
  google::protobuf::Timestamp now;              // when a lead without a time comes in
  bool remember_requests = true;                // false: as after the seven days
  bool qualifies_at_once = true;                // false: as a service of an earlier version
  std::string tenant;                           // of the last call
  std::string actor;

  absl::Mutex mutex;

  class Contacts;
  class Leads;

 private:
  std::unique_ptr<Contacts> contact_service_;
  std::unique_ptr<Leads> lead_service_;
  std::unique_ptr<grpc::Service> opportunity_service_;
  std::unique_ptr<grpc::Service> pipeline_service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

// Of FakeServices.
std::unique_ptr<grpc::Service> MakeOpportunities(FakeServices* fake);
std::unique_ptr<grpc::Service> MakePipelines();

// An error as a server sends it.
grpc::Status Refusal(grpc::StatusCode code, const std::string& reason);
// That `contact` has an e-mail address already.
grpc::Status HeldBy(const std::string& contact);

}  // namespace crm::client

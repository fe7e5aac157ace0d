#include "tests/unit/clients/fake_services.h"

#include <absl/strings/str_cat.h>
#include <grpcpp/server_builder.h>

#include "common/error/error.h"
#include "common/rpc/status_bridge.h"

namespace crm::client {
namespace {

using grpc::ServerContext;
using grpc::Status;

Status Missing() { return Refusal(grpc::StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND"); }
Status Taken() { return Refusal(grpc::StatusCode::ALREADY_EXISTS, "DUPLICATE_ID"); }
Status WrongState() { return Refusal(grpc::StatusCode::FAILED_PRECONDITION, "STATE_INVALID"); }

std::string Metadata(ServerContext* context, const char* key) {
  const auto it = context->client_metadata().find(key);
  return it == context->client_metadata().end() ? ""
                                                : std::string(it->second.data(), it->second.size());
}

// Runs `work` as one call of `method` on `subject`.
template <class Work>
Status Serve(FakeServices* fake, ServerContext* context, const char* method,
             const std::string& subject, Work work) {
  absl::MutexLock lock(&fake->mutex);
  ++fake->counts[method];
  fake->tenant = Metadata(context, "x-crm-tenant");
  fake->actor = Metadata(context, "x-crm-actor");
  if (fake->before) {
    if (Status status = fake->before(method, subject); !status.ok()) return status;
  }
  Status status = work();
  if (status.ok() && fake->after) status = fake->after(method);
  return status;
}

// The same for a write: a request id seen before gets its first effect again, none.
template <class Request, class Work, class Replay>
Status Write(FakeServices* fake, ServerContext* context, const char* method,
             const std::string& subject, const Request& request, Work work, Replay replay) {
  return Serve(fake, context, method, subject, [&]() -> Status {
    const std::string text = request.SerializeAsString();
    if (const auto seen = fake->requests.find(request.request_id());
        seen != fake->requests.end() && fake->remember_requests) {
      if (seen->second == text) return replay();
      return Refusal(grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_ID_REUSED");
    }
    const Status status = work();
    if (status.ok()) {
      fake->requests[request.request_id()] = text;
      ++fake->writes;
    }
    return status;
  });
}

template <class Map, class Request, class Add, class Response>
Status BatchGet(const Map& map, const Request& request, Add add, Response* response) {
  for (const std::string& name : request.names()) {
    const auto it = map.find(name);
    if (it == map.end()) {
      response->add_missing_names(name);
    } else {
      *add() = it->second;
    }
  }
  return Status::OK;
}

}  // namespace

Status Refusal(grpc::StatusCode code, const std::string& reason) {
  const error::Error error(static_cast<absl::StatusCode>(code), reason, "refused");
  return rpc::ToPublicStatus(error, "crm.test.v1").status;
}

class FakeServices::Contacts final : public contact::v1::ContactService::Service {
 public:
  explicit Contacts(FakeServices* fake) : fake_(fake) {}

  Status CreateContact(ServerContext* context, const contact::v1::CreateContactRequest* request,
                       contact::v1::CreateContactResponse* response) override {
    const std::string name = absl::StrCat("contacts/", request->contact_id());
    const auto answer = [&] {
      *response->mutable_contact() = fake_->contacts[name];
      return Status::OK;
    };
    return Write(
        fake_, context, "CreateContact", name, *request,
        [&] {
          if (fake_->contacts.contains(name)) return Taken();
          fake_->contacts[name] = request->contact();
          fake_->contacts[name].set_name(name);
          return answer();
        },
        answer);
  }
  Status GetContact(ServerContext* context, const contact::v1::GetContactRequest* request,
                    contact::v1::GetContactResponse* response) override {
    return Serve(fake_, context, "GetContact", request->name(), [&] {
      if (!fake_->contacts.contains(request->name())) return Missing();
      *response->mutable_contact() = fake_->contacts[request->name()];
      return Status::OK;
    });
  }
  Status BatchGetContacts(ServerContext* context,
                          const contact::v1::BatchGetContactsRequest* request,
                          contact::v1::BatchGetContactsResponse* response) override {
    return Serve(fake_, context, "BatchGetContacts", "", [&] {
      return BatchGet(
          fake_->contacts, *request, [&] { return response->add_contacts(); }, response);
    });
  }

 private:
  FakeServices* const fake_;
};

class FakeServices::Leads final : public lead::v1::LeadService::Service {
 public:
  explicit Leads(FakeServices* fake) : fake_(fake) {}

  Status CreateLead(ServerContext* context, const lead::v1::CreateLeadRequest* request,
                    lead::v1::CreateLeadResponse* response) override {
    const std::string name = absl::StrCat("leads/", request->lead_id());
    const auto answer = [&] {
      *response->mutable_lead() = fake_->leads[name];
      return Status::OK;
    };
    return Write(
        fake_, context, "CreateLead", name, *request,
        [&] {
          if (fake_->leads.contains(name)) return Taken();
          lead::v1::Lead& lead = fake_->leads[name];
          lead = request->lead();
          lead.set_name(name);
          lead.set_state(request->has_first_activity() ? lead::v1::LEAD_STATE_WORKING
                                                       : lead::v1::LEAD_STATE_NEW);
          return answer();
        },
        answer);
  }
  Status GetLead(ServerContext* context, const lead::v1::GetLeadRequest* request,
                 lead::v1::GetLeadResponse* response) override {
    return Serve(fake_, context, "GetLead", request->name(), [&] {
      if (!fake_->leads.contains(request->name())) return Missing();
      *response->mutable_lead() = fake_->leads[request->name()];
      return Status::OK;
    });
  }
  Status BatchGetLeads(ServerContext* context, const lead::v1::BatchGetLeadsRequest* request,
                       lead::v1::BatchGetLeadsResponse* response) override {
    return Serve(fake_, context, "BatchGetLeads", "", [&] {
      return BatchGet(
          fake_->leads, *request, [&] { return response->add_leads(); }, response);
    });
  }
  Status QualifyLead(ServerContext* context, const lead::v1::QualifyLeadRequest* request,
                     lead::v1::QualifyLeadResponse*) override {
    const auto answer = [] { return Status::OK; };
    return Write(
        fake_, context, "QualifyLead", request->name(), *request,
        [&] {
          lead::v1::Lead& lead = fake_->leads[request->name()];
          if (lead.state() != lead::v1::LEAD_STATE_WORKING) return WrongState();
          lead.set_state(lead::v1::LEAD_STATE_QUALIFIED);
          return Status::OK;
        },
        answer);
  }
  Status ConvertLead(ServerContext* context, const lead::v1::ConvertLeadRequest* request,
                     lead::v1::ConvertLeadResponse* response) override {
    const auto answer = [&] {
      *response->mutable_lead() = fake_->leads[request->name()];
      response->set_opportunity(response->lead().opportunity());
      response->set_state(lead::v1::CONVERSION_STATE_COMPLETED);
      return Status::OK;
    };
    return Write(
        fake_, context, "ConvertLead", request->name(), *request,
        [&] {
          lead::v1::Lead& lead = fake_->leads[request->name()];
          if (lead.state() != lead::v1::LEAD_STATE_QUALIFIED) return WrongState();
          lead.set_state(lead::v1::LEAD_STATE_CONVERTED);
          lead.set_opportunity(absl::StrCat("opportunities/", request->request_id()));
          opportunity::v1::Opportunity& made = fake_->opportunities[lead.opportunity()];
          made.set_name(lead.opportunity());
          made.set_display_name(request->opportunity_display_name());
          made.set_stage_type(opportunity::v1::STAGE_TYPE_OPEN);
          *made.mutable_open_time() = request->effective_time();
          return answer();
        },
        answer);
  }

 private:
  FakeServices* const fake_;
};

class FakeServices::Opportunities final : public opportunity::v1::OpportunityService::Service {
 public:
  explicit Opportunities(FakeServices* fake) : fake_(fake) {}

  Status GetOpportunity(ServerContext* context,
                        const opportunity::v1::GetOpportunityRequest* request,
                        opportunity::v1::GetOpportunityResponse* response) override {
    return Serve(fake_, context, "GetOpportunity", request->name(), [&] {
      if (!fake_->opportunities.contains(request->name())) return Missing();
      *response->mutable_opportunity() = fake_->opportunities[request->name()];
      return Status::OK;
    });
  }
  Status BatchGetOpportunities(ServerContext* context,
                               const opportunity::v1::BatchGetOpportunitiesRequest* request,
                               opportunity::v1::BatchGetOpportunitiesResponse* response) override {
    return Serve(fake_, context, "BatchGetOpportunities", "", [&] {
      return BatchGet(
          fake_->opportunities, *request, [&] { return response->add_opportunities(); }, response);
    });
  }
  Status WinOpportunity(ServerContext* context,
                        const opportunity::v1::WinOpportunityRequest* request,
                        opportunity::v1::WinOpportunityResponse*) override {
    return Close(context, "WinOpportunity", *request, opportunity::v1::STAGE_TYPE_WON,
                 [&](auto& opportunity) { *opportunity.mutable_amount() = request->amount(); });
  }
  Status LoseOpportunity(ServerContext* context,
                         const opportunity::v1::LoseOpportunityRequest* request,
                         opportunity::v1::LoseOpportunityResponse*) override {
    return Close(context, "LoseOpportunity", *request, opportunity::v1::STAGE_TYPE_LOST,
                 [](auto&) {});
  }

 private:
  template <class Request, class Change>
  Status Close(ServerContext* context, const char* method, const Request& request,
               opportunity::v1::StageType type, Change change) {
    return Write(
        fake_, context, method, request.name(), request,
        [&] {
          opportunity::v1::Opportunity& each = fake_->opportunities[request.name()];
          if (each.stage_type() != opportunity::v1::STAGE_TYPE_OPEN) return WrongState();
          each.set_stage_type(type);
          *each.mutable_close_time() = request.effective_time();
          change(each);
          return Status::OK;
        },
        [] { return Status::OK; });
  }

  FakeServices* const fake_;
};

FakeServices::FakeServices()
    : contact_service_(std::make_unique<Contacts>(this)),
      lead_service_(std::make_unique<Leads>(this)),
      opportunity_service_(std::make_unique<Opportunities>(this)) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(contact_service_.get());
  builder.RegisterService(lead_service_.get());
  builder.RegisterService(opportunity_service_.get());
  server_ = builder.BuildAndStart();
  address_ = absl::StrCat("127.0.0.1:", port);
}

FakeServices::~FakeServices() { server_->Shutdown(); }

}  // namespace crm::client

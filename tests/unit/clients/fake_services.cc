#include "tests/unit/clients/fake_services.h"

#include "common/error/error.h"
#include "common/rpc/status_bridge.h"
#include "tests/unit/clients/fake_calls.h"

namespace crm::client {
Status Refusal(grpc::StatusCode code, const std::string& reason) {
  const error::Error error(static_cast<absl::StatusCode>(code), reason, "refused");
  return rpc::ToPublicStatus(error, "crm.test.v1").status;
}

Status HeldBy(const std::string& contact) {
  const error::Error error = error::Error(absl::StatusCode::kAlreadyExists, "DUPLICATE_CONTACT",
                                          "Another contact has this e-mail address.")
                                 .With("rule", "email")
                                 .With("contacts", contact);
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
  Status UpdateContact(ServerContext* context, const contact::v1::UpdateContactRequest* request,
                       contact::v1::UpdateContactResponse*) override {
    return Update(fake_, context, "UpdateContact", fake_->contacts, *request, request->contact());
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
          lead::v1::Lead lead = request->lead();
          lead.set_name(name);
          lead.set_state(request->has_first_activity() ? lead::v1::LEAD_STATE_WORKING
                                                       : lead::v1::LEAD_STATE_NEW);
          *lead.mutable_state_enter_time() =
              request->has_effective_time() ? request->effective_time() : fake_->now;
          if (fake_->qualifies_at_once && request->has_qualification()) {
            const Status entered = Enter(request->qualification(), lead.mutable_state_enter_time());
            if (!entered.ok()) return entered;
            lead.set_state(lead::v1::LEAD_STATE_QUALIFIED);
          }
          fake_->leads[name] = lead;
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
          if (Status entered = Enter(*request, lead.mutable_state_enter_time()); !entered.ok()) {
            return entered;
          }
          lead.set_state(lead::v1::LEAD_STATE_QUALIFIED);
          return Status::OK;
        },
        answer);
  }
  Status DisqualifyLead(ServerContext* context, const lead::v1::DisqualifyLeadRequest* request,
                        lead::v1::DisqualifyLeadResponse*) override {
    return Write(
        fake_, context, "DisqualifyLead", request->name(), *request,
        [&] {
          lead::v1::Lead& lead = fake_->leads[request->name()];
          lead.set_state(lead::v1::LEAD_STATE_DISQUALIFIED);
          lead.set_stage_version(lead.stage_version() + 1);
          lead.set_disqualify_reason(request->reason());
          return Status::OK;
        },
        [] { return Status::OK; });
  }
  Status ReopenLead(ServerContext* context, const lead::v1::ReopenLeadRequest* request,
                    lead::v1::ReopenLeadResponse*) override {
    return Write(
        fake_, context, "ReopenLead", request->name(), *request,
        [&] {
          lead::v1::Lead& lead = fake_->leads[request->name()];
          if (lead.state() != lead::v1::LEAD_STATE_DISQUALIFIED) return WrongState();
          lead.set_state(lead::v1::LEAD_STATE_WORKING);
          lead.set_stage_version(lead.stage_version() + 1);
          return Status::OK;
        },
        [] { return Status::OK; });
  }
  Status UpdateLead(ServerContext* context, const lead::v1::UpdateLeadRequest* request,
                    lead::v1::UpdateLeadResponse*) override {
    return Update(fake_, context, "UpdateLead", fake_->leads, *request, request->lead());
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
          if (Status entered = Enter(*request, lead.mutable_state_enter_time()); !entered.ok()) {
            return entered;
          }
          lead.set_state(lead::v1::LEAD_STATE_CONVERTED);
          lead.set_opportunity(absl::StrCat("opportunities/", request->request_id()));
          opportunity::v1::Opportunity& made = fake_->opportunities[lead.opportunity()];
          made.set_name(lead.opportunity());
          made.set_display_name(request->opportunity_display_name());
          made.set_stage_type(opportunity::v1::STAGE_TYPE_OPEN);
          *made.mutable_open_time() = request->effective_time();
          *made.mutable_stage_enter_time() = request->effective_time();
          made.set_stage("qualify");
          made.set_stage_version(1);
          made.set_owner(lead.owner());
          *made.mutable_attributes() = lead.attributes();
          *made.mutable_interests() = lead.interests();
          if (request->has_amount()) *made.mutable_amount() = request->amount();
          if (request->has_expected_close_date()) {
            *made.mutable_expected_close_date() = request->expected_close_date();
          }
          return answer();
        },
        answer);
  }

 private:
  FakeServices* const fake_;
};

FakeServices::FakeServices()
    : contact_service_(std::make_unique<Contacts>(this)),
      lead_service_(std::make_unique<Leads>(this)),
      opportunity_service_(MakeOpportunities(this)),
      pipeline_service_(MakePipelines()) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(contact_service_.get());
  builder.RegisterService(lead_service_.get());
  builder.RegisterService(opportunity_service_.get());
  builder.RegisterService(pipeline_service_.get());
  server_ = builder.BuildAndStart();
  address_ = absl::StrCat("127.0.0.1:", port);
}

FakeServices::~FakeServices() { server_->Shutdown(); }

}  // namespace crm::client

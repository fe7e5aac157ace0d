#include "crm/opportunity/v1/pipeline_service.grpc.pb.h"
#include "tests/unit/clients/fake_calls.h"

namespace crm::client {
namespace {

class Opportunities final : public opportunity::v1::OpportunityService::Service {
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
  Status OpenOpportunity(ServerContext* context,
                         const opportunity::v1::OpenOpportunityRequest* request,
                         opportunity::v1::OpenOpportunityResponse*) override {
    const std::string name = absl::StrCat("opportunities/", request->opportunity_id());
    return Write(
        fake_, context, "OpenOpportunity", name, *request,
        [&] {
          if (fake_->opportunities.contains(name)) return Taken();
          opportunity::v1::Opportunity& made = fake_->opportunities[name];
          made = request->opportunity();
          made.set_name(name);
          made.set_stage("qualify");
          made.set_stage_version(1);
          made.set_stage_type(opportunity::v1::STAGE_TYPE_OPEN);
          *made.mutable_stage_enter_time() = request->effective_time();
          return Status::OK;
        },
        [] { return Status::OK; });
  }
  Status MoveOpportunity(ServerContext* context,
                         const opportunity::v1::MoveOpportunityRequest* request,
                         opportunity::v1::MoveOpportunityResponse*) override {
    return Write(
        fake_, context, "MoveOpportunity", request->name(), *request,
        [&] {
          opportunity::v1::Opportunity& each = fake_->opportunities[request->name()];
          if (Status entered = Enter(*request, each.mutable_stage_enter_time()); !entered.ok()) {
            return entered;
          }
          each.set_stage(request->stage());
          each.set_stage_version(each.stage_version() + 1);
          return Status::OK;
        },
        [] { return Status::OK; });
  }
  Status ReopenOpportunity(ServerContext* context,
                           const opportunity::v1::ReopenOpportunityRequest* request,
                           opportunity::v1::ReopenOpportunityResponse*) override {
    return Write(
        fake_, context, "ReopenOpportunity", request->name(), *request,
        [&] {
          opportunity::v1::Opportunity& each = fake_->opportunities[request->name()];
          if (each.stage_type() == opportunity::v1::STAGE_TYPE_OPEN) return WrongState();
          if (Status entered = Enter(*request, each.mutable_stage_enter_time()); !entered.ok()) {
            return entered;
          }
          each.set_stage_type(opportunity::v1::STAGE_TYPE_OPEN);
          each.set_stage(request->stage());
          each.set_stage_version(each.stage_version() + 1);
          return Status::OK;
        },
        [] { return Status::OK; });
  }
  Status UpdateOpportunity(ServerContext* context,
                           const opportunity::v1::UpdateOpportunityRequest* request,
                           opportunity::v1::UpdateOpportunityResponse*) override {
    return Update(fake_, context, "UpdateOpportunity", fake_->opportunities, *request,
                  request->opportunity());
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
          if (Status entered = Enter(request, each.mutable_stage_enter_time()); !entered.ok()) {
            return entered;
          }
          each.set_stage_type(type);
          each.set_stage_version(each.stage_version() + 1);
          *each.mutable_close_time() = request.effective_time();
          change(each);
          return Status::OK;
        },
        [] { return Status::OK; });
  }

  FakeServices* const fake_;
};

// One pipeline of three open stages.
class Pipelines final : public opportunity::v1::PipelineService::Service {
 public:
  Status GetPipeline(ServerContext*, const opportunity::v1::GetPipelineRequest*,
                     opportunity::v1::GetPipelineResponse* response) override {
    for (const char* key : {"qualify", "offer", "contract"}) {
      opportunity::v1::Stage& stage = *response->mutable_pipeline()->add_stages();
      stage.set_key(key);
      stage.set_type(opportunity::v1::STAGE_TYPE_OPEN);
    }
    return Status::OK;
  }
};

}  // namespace

std::unique_ptr<grpc::Service> MakeOpportunities(FakeServices* fake) {
  return std::make_unique<Opportunities>(fake);
}

std::unique_ptr<grpc::Service> MakePipelines() { return std::make_unique<Pipelines>(); }

}  // namespace crm::client

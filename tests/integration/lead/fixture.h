#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/aggregate/pg_repository.h"
#include "common/rpc/executor.h"
#include "common/rpc/proto_values.h"
#include "crm/lead/v1/assignment_service.grpc.pb.h"
#include "crm/lead/v1/conversion_service.grpc.pb.h"
#include "crm/lead/v1/lead_service.grpc.pb.h"
#include "crm/lead/v1/prediction_service.grpc.pb.h"
#include "crm/lead/v1/qualification_policy_service.grpc.pb.h"
#include "crm/lead/v1/report_service.grpc.pb.h"
#include "services/lead/conversion/conversion_completer.h"
#include "services/lead/prediction/predictions.h"
#include "services/lead/rpc/lead_service.h"
#include "services/lead/store/lead_table.h"
#include "services/lead/store/pg_conversion_store.h"
#include "services/lead/store/report_reads.h"
#include "tests/support/fake_contact_directory.h"
#include "tests/support/service_fixture.h"
#include "tests/unit/lead/fake_contact_registry.h"
#include "tests/unit/lead/fake_conversion_facts.h"
#include "tests/unit/lead/fake_opportunity_opener.h"
#include "tests/unit/lead/fake_organization_directory.h"

namespace crm::lead::testing {

using ::crm::testing::FakeContactDirectory;
using ::crm::testing::Fields;
using ::crm::testing::Metadata;
using ::crm::testing::NewUuid;
using ::crm::testing::Outcome;
using ::crm::testing::Reason;
using ::crm::testing::ServiceDatabase;
using ::crm::testing::SharedService;
using ::crm::testing::TenantTest;

// A clock that runs on, and can be put forward.
class AdjustableClock final : public base::Clock {
 public:
  absl::Time Now() const override {
    return base::SystemClock::Instance().Now() + absl::Microseconds(ahead_.load());
  }
  void Advance(absl::Duration by) { ahead_ += absl::ToInt64Microseconds(by); }

 private:
  std::atomic<int64_t> ahead_{0};
};

// The service as it runs, but for its neighbours: a gRPC server in this process, on a PostgreSQL of
// its own.
class RunningService {
 public:
  RunningService();
  ~RunningService();

  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }
  v1::LeadService::Stub& stub() { return *stub_; }
  v1::QualificationPolicyService::Stub& policy_stub() { return *policy_stub_; }
  v1::ConversionService::Stub& conversion_stub() { return *conversion_stub_; }
  v1::PredictionService::Stub& prediction_stub() { return *prediction_stub_; }
  FakeOrganizationDirectory& organizations() { return organizations_; }
  ModelStore& models() { return *models_; }
  Predictions& predictions() { return *predictions_; }
  FakeContactDirectory& contacts() { return contacts_; }
  v1::AssignmentService::Stub& assignment_stub() { return *assignment_stub_; }
  v1::ReportService::Stub& report_stub() { return *report_stub_; }
  FakeContactRegistry& registry() { return registry_; }
  LeadCaptures& captures() { return *captures_; }
  FakeOpportunityOpener& opener() { return opener_; }
  FakeConversionFacts& facts() { return facts_; }
  LeadConversions& conversions() { return *conversions_; }
  aggregate::Repository<Lead>& leads() { return *leads_; }
  ConversionMetrics& conversion_metrics() { return *conversion_metrics_; }
  AdjustableClock& clock() { return clock_; }
  std::string Sql(const std::string& sql) const { return database_.Sql(sql); }
  std::string Everything() const { return database_.Everything(); }
  std::string Url() const { return database_.Url(); }

 private:
  ServiceDatabase database_;
  AdjustableClock clock_;
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  metrics::Registry metrics_;
  rpc::Executor executor_;
  FakeContactDirectory contacts_;
  FakeContactRegistry registry_;
  FakeOpportunityOpener opener_;
  FakeOrganizationDirectory organizations_;
  FakeConversionFacts facts_;
  const LeadTable table_;
  std::unique_ptr<aggregate::PgRepository<Lead>> leads_;
  std::unique_ptr<LeadReads> reads_;
  std::unique_ptr<PolicyStore> policies_;
  std::unique_ptr<GroundsReads> grounds_;
  std::unique_ptr<PgConversionStore> conversion_store_;
  std::unique_ptr<ConversionReads> conversion_reads_;
  std::unique_ptr<ConversionMetrics> conversion_metrics_;
  std::unique_ptr<LeadConversions> conversions_;
  std::unique_ptr<OutcomeReads> outcomes_;
  std::unique_ptr<OutcomeCollector> collector_;
  std::unique_ptr<ModelStore> models_;
  std::unique_ptr<Predictions> predictions_;
  std::unique_ptr<LeadService> service_;
  std::unique_ptr<QualificationPolicyService> policy_service_;
  std::unique_ptr<ConversionService> conversion_service_;
  std::unique_ptr<PredictionService> prediction_service_;
  std::unique_ptr<ClaimStore> claims_;
  std::unique_ptr<CapturedContacts> captured_contacts_;
  std::unique_ptr<LeadCaptures> captures_;
  std::unique_ptr<AssignmentStore> assignments_;
  std::unique_ptr<AssignmentService> assignment_service_;
  std::unique_ptr<ReportReads> reports_;
  std::unique_ptr<ReportService> report_service_;
  std::unique_ptr<rpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::LeadService::Stub> stub_;
  std::unique_ptr<v1::QualificationPolicyService::Stub> policy_stub_;
  std::unique_ptr<v1::ConversionService::Stub> conversion_stub_;
  std::unique_ptr<v1::PredictionService::Stub> prediction_stub_;
  std::unique_ptr<v1::AssignmentService::Stub> assignment_stub_;
  std::unique_ptr<v1::ReportService::Stub> report_stub_;
};

using Stub = v1::LeadService::Stub;

// A test program has one service.
class LeadServiceTest : public TenantTest {
 protected:
  LeadServiceTest();

  static RunningService& Service() { return SharedService<RunningService>::Get(); }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request, const std::string& tenant = "") {
    return CallOn(Service().stub(), method, request, tenant);
  }

  static v1::CreateLeadRequest CreateRequest();
  v1::Lead Create(const v1::CreateLeadRequest& request = CreateRequest());
  // A lead in WORKING with a two-way activity.
  v1::Lead Working();
  v1::Lead Qualified();
  v1::Lead Get(const std::string& name);
  absl::StatusOr<v1::LogActivityResponse> Log(const std::string& name, v1::ActivityType type,
                                              v1::ActivityDirection direction);
  absl::StatusOr<v1::AssessCriterionResponse> Assess(const std::string& name,
                                                     v1::Criterion criterion, v1::Finding finding);
  static v1::ConvertLeadRequest ConvertRequest(const std::string& name);
  // "NEW,WORKING": the stage history of a lead.
  std::string History(const std::string& name);
};

}  // namespace crm::lead::testing

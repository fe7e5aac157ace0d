#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/lead/fixture.h"

// Leads that came to an end, of which models are learned.
namespace crm::lead::testing {

using PredictionStub = v1::PredictionService::Stub;

// How many leads of a kind came to an end.
struct Ended {
  bool converted;
  type::v1::LeadSource source;
  const char* industry;
  int leads;
};

class PredictionServiceTest : public LeadServiceTest {
 protected:
  PredictionServiceTest() { Service().organizations().SetAway(false); }

  template <class Req, class Resp>
  absl::StatusOr<Resp> Predict(grpc::Status (PredictionStub::*method)(grpc::ClientContext*,
                                                                      const Req&, Resp*),
                               const Req& request) {
    return CallOn(Service().prediction_stub(), method, request);
  }

  absl::StatusOr<v1::TrainModelResponse> Train(const std::string& request_id = "") {
    v1::TrainModelRequest request;
    request.set_request_id(request_id);
    return Predict(&PredictionStub::TrainModel, request);
  }

  absl::StatusOr<v1::Prediction> ChanceOf(const std::string& name, int64_t revision = 0) {
    v1::PredictConversionRequest request;
    request.set_name(name);
    request.set_model_revision(revision);
    const auto response = Predict(&PredictionStub::PredictConversion, request);
    if (!response.ok()) return response.status();
    return response->prediction();
  }

  v1::PredictionModel Model() {
    const auto response = Predict(&PredictionStub::GetModel, v1::GetModelRequest());
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->model() : v1::PredictionModel();
  }

  // A WORKING lead of an organization.
  std::string Working(type::v1::LeadSource source, const char* industry) {
    v1::CreateLeadRequest request = CreateRequest();
    request.mutable_lead()->set_source(source);
    request.mutable_first_activity()->set_type(v1::ACTIVITY_TYPE_CALL);
    request.mutable_first_activity()->set_direction(v1::ACTIVITY_DIRECTION_INBOUND);
    Service().organizations().Know(*base::Uuid::Parse(request.lead().contact().substr(9)),
                                   {industry, "", std::nullopt});
    return Create(request).name();
  }

  void Disqualify(const std::string& name, v1::DisqualifyReason reason) {
    v1::DisqualifyLeadRequest request;
    request.set_name(name);
    request.set_reason(reason);
    const auto response = Call(&Stub::DisqualifyLead, request);
    EXPECT_TRUE(response.ok()) << response.status();
  }

  void Convert(const std::string& name) {
    v1::QualifyLeadRequest qualify;
    qualify.set_name(name);
    qualify.set_override_reason("known for years");
    EXPECT_TRUE(Call(&Stub::QualifyLead, qualify).ok());
    const auto converted = Call(&Stub::ConvertLead, ConvertRequest(name));
    ASSERT_TRUE(converted.ok()) << converted.status();
    EXPECT_EQ(converted->state(), v1::CONVERSION_STATE_COMPLETED);
  }

  std::string End(const Ended& kind) {
    const std::string name = Working(kind.source, kind.industry);
    kind.converted ? Convert(name) : Disqualify(name, v1::DISQUALIFY_REASON_NO_NEED);
    return name;
  }

  // All kinds interleaved in time, by several callers at once.
  void EndMany(const std::vector<Ended>& kinds) {
    std::vector<const Ended*> todo;
    for (int i = 0; i < 100; ++i) {
      for (const Ended& kind : kinds) {
        for (int n = kind.leads * i / 100; n < kind.leads * (i + 1) / 100; ++n) {
          todo.push_back(&kind);
        }
      }
    }
    std::atomic<size_t> next{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 6; ++i) {
      callers.emplace_back([&] {
        for (size_t at = next++; at < todo.size(); at = next++) End(*todo[at]);
      });
    }
    for (std::thread& caller : callers) caller.join();
  }

  // 55 converted, 60 not. Referrals are good and the web is bad; the industry says nothing.
  void EndEnough() {
    EndMany({{true, type::v1::LEAD_SOURCE_REFERRAL, "Weaving", 45},
             {true, type::v1::LEAD_SOURCE_WEB, "weaving", 10},
             {false, type::v1::LEAD_SOURCE_REFERRAL, "weaving ", 10},
             {false, type::v1::LEAD_SOURCE_WEB, "WEAVING", 50}});
  }
};

}  // namespace crm::lead::testing

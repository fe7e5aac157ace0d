// What callers and operators are told of conversions, and what they can do about them.

#include <thread>

#include "services/lead/conversion/conversion_completer.h"
#include "services/lead/rpc/conversion_handlers.h"
#include "tests/integration/lead/fixture.h"
#include "tests/support/await.h"

namespace crm::lead::testing {
namespace {

using Mode = FakeOpportunityOpener::Mode;

class ConversionMethodsTest : public LeadServiceTest {
 protected:
  template <class Req, class Resp>
  absl::StatusOr<Resp> Ask(grpc::Status (v1::ConversionService::Stub::*method)(grpc::ClientContext*,
                                                                               const Req&, Resp*),
                           const Req& request, const std::string& tenant = "") {
    return CallOn(Service().conversion_stub(), method, request, tenant);
  }
  static std::string NameOf(const v1::ConvertLeadRequest& request) {
    return "conversions/" + request.request_id();
  }
  absl::StatusOr<v1::Conversion> Conversion(const std::string& name, bool wait = false) {
    v1::GetConversionRequest request;
    request.set_name(name);
    request.set_wait(wait);
    const auto response = Ask(&v1::ConversionService::Stub::GetConversion, request);
    if (!response.ok()) return response.status();
    return response->conversion();
  }
  absl::StatusOr<v1::RetryConversionResponse> Retry(const std::string& name,
                                                    const std::string& tenant = "") {
    v1::RetryConversionRequest request;
    request.set_name(name);
    return Ask(&v1::ConversionService::Stub::RetryConversion, request, tenant);
  }
  absl::StatusOr<v1::AbandonConversionResponse> Abandon(const std::string& name,
                                                        const std::string& tenant = "") {
    v1::AbandonConversionRequest request;
    request.set_name(name);
    return Ask(&v1::ConversionService::Stub::AbandonConversion, request, tenant);
  }
  absl::StatusOr<v1::ListConversionsResponse> List(v1::ConversionState state, int size = 0,
                                                   const std::string& token = "") {
    v1::ListConversionsRequest request;
    request.set_state(state);
    request.set_page_size(size);
    request.set_page_token(token);
    return Ask(&v1::ConversionService::Stub::ListConversions, request);
  }

  // A conversion that has begun and is not completed.
  v1::ConvertLeadRequest Begun() {
    const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
    Service().opener().SetMode(Mode::kAway);
    EXPECT_EQ(Reason(Call(&Stub::ConvertLead, request)), "NEIGHBOUR_UNAVAILABLE");
    Service().opener().SetMode(Mode::kNormal);
    return request;
  }
  v1::ConvertLeadRequest Stuck() {
    const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
    Service().opener().SetMode(Mode::kFaulty);
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(Reason(Call(&Stub::ConvertLead, request)), "NEIGHBOUR_UNAVAILABLE");
      Service().clock().Advance(kMostFaultTime + absl::Seconds(1));
    }
    Service().opener().SetMode(Mode::kNormal);
    EXPECT_EQ(Conversion(NameOf(request))->state(), v1::CONVERSION_STATE_NEEDS_ATTENTION);
    return request;
  }
  // Runs the completer until the lead is not CONVERTING any more.
  v1::LeadState Completed(const std::string& lead) {
    Service().clock().Advance(absl::Minutes(2));
    ConversionCompleter completer(Service().conversions(), Service().conversion_metrics());
    completer.Start();
    EXPECT_TRUE(::crm::testing::Await(
        absl::Seconds(20), [&] { return Get(lead).state() != v1::LEAD_STATE_CONVERTING; }));
    completer.Stop();
    return Get(lead).state();
  }
};

TEST_F(ConversionMethodsTest, AConversionIsKnownByItsRequestId) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  EXPECT_EQ(Outcome(Conversion(NameOf(request))), "NOT_FOUND RESOURCE_NOT_FOUND");
  const auto converted = Call(&Stub::ConvertLead, request);
  ASSERT_TRUE(converted.ok()) << converted.status();
  const auto known = Conversion(NameOf(request), /*wait=*/true);
  ASSERT_TRUE(known.ok()) << known.status();
  EXPECT_EQ(known->name(), NameOf(request));
  EXPECT_EQ(known->lead(), request.name());
  EXPECT_EQ(known->opportunity(), converted->opportunity());
  EXPECT_EQ(known->state(), v1::CONVERSION_STATE_COMPLETED);
  EXPECT_EQ(known->last_error(), "");
  EXPECT_FALSE(known->has_next_attempt_time());
  EXPECT_GE(known->update_time().seconds(), known->create_time().seconds());
}

TEST_F(ConversionMethodsTest, ARefusalIsToldWithItsCause) {
  const v1::ConvertLeadRequest request = ConvertRequest(Qualified().name());
  Service().opener().SetMode(Mode::kRefusing);
  EXPECT_EQ(Reason(Call(&Stub::ConvertLead, request)), "CONVERSION_REFUSED");
  const auto refused = Conversion(NameOf(request), /*wait=*/true);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->state(), v1::CONVERSION_STATE_COMPENSATED);
  EXPECT_EQ(refused->last_error(), "REFERENCE_NOT_FOUND");
}

TEST_F(ConversionMethodsTest, WhoWaitsIsAnsweredWhenItIsCompleted) {
  const v1::ConvertLeadRequest request = Begun();
  EXPECT_EQ(Conversion(NameOf(request))->state(), v1::CONVERSION_STATE_STARTED) << "at once";
  std::vector<std::thread> callers;
  std::atomic<int> completed{0};
  for (int i = 0; i < 20; ++i) {
    callers.emplace_back([&] {
      const auto waited = Conversion(NameOf(request), /*wait=*/true);
      EXPECT_TRUE(waited.ok()) << waited.status();
      if (waited.ok() && waited->state() == v1::CONVERSION_STATE_COMPLETED) ++completed;
    });
  }
  EXPECT_EQ(Completed(request.name()), v1::LEAD_STATE_CONVERTED);
  for (std::thread& caller : callers) caller.join();
  // Those that came late in the batches may have been answered early, as many waited.
  EXPECT_GT(completed, 0);
  EXPECT_EQ(Conversion(NameOf(request), /*wait=*/true)->state(), v1::CONVERSION_STATE_COMPLETED);
}

TEST_F(ConversionMethodsTest, WhoWaitsInVainIsToldHowItStandsBeforeTheDeadline) {
  const v1::ConvertLeadRequest request = Begun();
  v1::GetConversionRequest get;
  get.set_name(NameOf(request));
  get.set_wait(true);
  v1::GetConversionResponse response;
  grpc::ClientContext context;
  context.AddMetadata("x-crm-tenant", tenant());
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(3));
  const grpc::Status status = Service().conversion_stub().GetConversion(&context, get, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.conversion().state(), v1::CONVERSION_STATE_STARTED);
  EXPECT_EQ(response.conversion().last_error(), "UNAVAILABLE");
  EXPECT_TRUE(response.conversion().has_next_attempt_time());
  EXPECT_EQ(Completed(request.name()), v1::LEAD_STATE_CONVERTED);
}

TEST_F(ConversionMethodsTest, WhatHasNotEndedIsListedOldestFirst) {
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) names.push_back(NameOf(Begun()));
  const std::string stuck = NameOf(Stuck());
  const auto both = List(v1::CONVERSION_STATE_UNSPECIFIED);
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->conversions_size(), 4);
  const auto attention = List(v1::CONVERSION_STATE_NEEDS_ATTENTION);
  ASSERT_EQ(attention->conversions_size(), 1);
  EXPECT_EQ(attention->conversions(0).name(), stuck);
  EXPECT_EQ(attention->conversions(0).last_error(), "PERMISSION_DENIED");
  std::vector<std::string> paged;
  for (std::string token; paged.empty() || !token.empty();) {
    const auto page = List(v1::CONVERSION_STATE_STARTED, 2, token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Conversion& one : page->conversions()) paged.push_back(one.name());
    token = page->next_page_token();
  }
  EXPECT_EQ(paged, names);
  const auto first = List(v1::CONVERSION_STATE_STARTED, 2);
  EXPECT_EQ(Outcome(List(v1::CONVERSION_STATE_UNSPECIFIED, 2, first->next_page_token())),
            "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
  EXPECT_EQ(Outcome(List(v1::CONVERSION_STATE_COMPLETED)), "INVALID_ARGUMENT FIELD_INVALID");
}

TEST_F(ConversionMethodsTest, WhatNeedsAttentionIsTriedAgainOnDemand) {
  const v1::ConvertLeadRequest request = Stuck();
  for (int i = 0; i < 2; ++i) {
    const auto retried = Retry(NameOf(request));
    ASSERT_TRUE(retried.ok()) << retried.status();
    EXPECT_EQ(retried->conversion().state(), v1::CONVERSION_STATE_STARTED);
    EXPECT_FALSE(retried->conversion().abandoning());
  }
  EXPECT_EQ(Completed(request.name()), v1::LEAD_STATE_CONVERTED);
  EXPECT_EQ(Outcome(Retry(NameOf(request))), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Outcome(Abandon(NameOf(request))), "FAILED_PRECONDITION STATE_INVALID");
}

TEST_F(ConversionMethodsTest, WhatIsAbandonedLeavesAQualifiedLead) {
  const v1::ConvertLeadRequest request = Stuck();
  for (int i = 0; i < 2; ++i) {
    const auto abandoned = Abandon(NameOf(request));
    ASSERT_TRUE(abandoned.ok()) << abandoned.status();
    EXPECT_TRUE(abandoned->conversion().abandoning());
  }
  EXPECT_EQ(Outcome(Retry(NameOf(request))), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Completed(request.name()), v1::LEAD_STATE_QUALIFIED);
  const auto ended = Abandon(NameOf(request));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->conversion().state(), v1::CONVERSION_STATE_COMPENSATED);
  EXPECT_FALSE(ended->conversion().abandoning());
  EXPECT_TRUE(Call(&Stub::ConvertLead, ConvertRequest(request.name())).ok());
}

TEST_F(ConversionMethodsTest, WhatIsStillBeingTriedIsNotAbandoned) {
  const v1::ConvertLeadRequest request = Begun();
  EXPECT_EQ(Outcome(Abandon(NameOf(request))), "FAILED_PRECONDITION STATE_INVALID");
  EXPECT_EQ(Completed(request.name()), v1::LEAD_STATE_CONVERTED);
}

TEST_F(ConversionMethodsTest, AStrangerSeesAndDecidesNothing) {
  const v1::ConvertLeadRequest request = Stuck();
  EXPECT_EQ(Outcome(Retry(NameOf(request), "stranger")), "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(Outcome(Abandon(NameOf(request), "stranger")), "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(Conversion(NameOf(request))->state(), v1::CONVERSION_STATE_NEEDS_ATTENTION);
}

}  // namespace
}  // namespace crm::lead::testing

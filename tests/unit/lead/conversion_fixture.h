#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/lead/conversion/lead_conversions.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_repository.h"
#include "tests/support/sequence_id_generator.h"
#include "tests/unit/lead/fake_conversion_store.h"
#include "tests/unit/lead/fake_employer_linker.h"
#include "tests/unit/lead/fake_opportunity_opener.h"
#include "tests/unit/lead/fragile_repository.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {

using testing::At;
using testing::kStart;
using Mode = testing::FakeOpportunityOpener::Mode;

inline std::string AnswerOf(const Lead& lead) {
  return absl::StrCat(NameOf(kConversionStateNames, lead.conversion->state), " ",
                      OpportunityName(lead.conversion->opportunity));
}

// Conversions of one QUALIFIED lead over fakes.
class ConversionTest : public ::testing::Test {
 protected:
  ConversionTest()
      : memory_(clock_, {.name = [](const aggregate::Key& key) { return LeadName(key.id); },
                         .strip = [](Lead& lead) { lead = testing::AsLoaded(std::move(lead)); }}),
        leads_(memory_),
        conversions_({leads_, conversion_store_, opener_, clock_, ids_, AnswerOf,
                      [] { return ~uint64_t{0}; },
                      [this](ConversionState state) { ++entered_[state]; }, &employers_}) {
    aggregate::Creation<Lead> creation;
    creation.aggregate = testing::LeadIn(LeadState::kQualified);
    creation.aggregate.activities.two_way = true;
    creation.aggregate.interests = {"GTX Pro"};
    creation.aggregate.source = LeadSource::kReferral;
    creation.aggregate.external_id = "deal-1";
    creation.aggregate.buying_role = BuyingRole::kAdviser;
    creation.answer = [](const Lead&) { return ""; };
    aggregate::Creation<Lead>* item = &creation;
    memory_.Create(absl::MakeSpan(&item, 1), absl::InfiniteFuture());
  }

  ConversionCall Call(uint64_t request = 50, const std::string& hash = "0123456789abcdef") {
    ConversionCall call;
    call.lead = {"acme", testing::IdOf(1)};
    call.request = {testing::IdOf(request), hash};
    call.plan.display_name = "A sale";
    call.occasion = At(clock_.Now());
    return call;
  }

  absl::StatusOr<std::string> Convert(ConversionCall call) {
    std::vector<ConversionCall> calls = {std::move(call)};
    ConvertAll(calls);
    return calls[0].outcome;
  }

  void ConvertAll(std::vector<ConversionCall>& calls) {
    std::vector<ConversionCall*> pointers;
    for (ConversionCall& call : calls) pointers.push_back(&call);
    conversions_.Convert(pointers);
  }

  Lead Stored() {
    const aggregate::Key key{"acme", testing::IdOf(1)};
    return *memory_.Get(absl::MakeConstSpan(&key, 1), absl::InfiniteFuture())[0];
  }

  std::string Expected(uint64_t request = 50) {
    return absl::StrCat(
        "COMPLETED ",
        OpportunityName(OpportunityIdOf(ConversionIdOf("acme", testing::IdOf(request)))));
  }

  // What must hold in the end: converted, with exactly one opportunity, the recorded one.
  void ExpectConvertedOnce(uint64_t request = 50) {
    const Lead lead = Stored();
    EXPECT_EQ(lead.state, LeadState::kConverted);
    const auto opened = opener_.OpenedFor(lead.id);
    ASSERT_EQ(opened.size(), 1u);
    EXPECT_EQ(OpportunityName(opened[0].opportunity), OpportunityOf(lead));
    EXPECT_EQ(opened[0].opportunity,
              OpportunityIdOf(ConversionIdOf("acme", testing::IdOf(request))));
    int converted = 0;
    for (const Lead& written : memory_.Written()) {
      for (const StageChange& change : written.stage_changes) {
        converted += change.to == LeadState::kConverted;
      }
    }
    EXPECT_EQ(converted, 1);
  }

  void MakeDue() {
    const Lead lead = Stored();
    conversion_store_.due.push_back({"acme", lead.conversion->id, lead.id, 3});
  }

  crm::testing::FakeClock clock_{kStart + absl::Hours(1)};
  crm::testing::SequenceIdGenerator ids_;
  crm::testing::MemoryRepository<Lead> memory_;
  testing::FragileRepository<Lead> leads_;
  testing::FakeConversionStore conversion_store_;
  testing::FakeOpportunityOpener opener_;
  testing::FakeEmployerLinker employers_;
  std::map<ConversionState, int> entered_;
  LeadConversions conversions_;
};

}  // namespace crm::lead

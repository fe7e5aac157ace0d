// One conversion as a collector sees it: from the call through all three services to the contact's
// stage, in one trace.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/streams.h"
#include "tests/e2e/walk.h"
#include "tests/support/await.h"
#include "tests/support/otlp_collector.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

constexpr char kConvert[] = "crm.lead.v1.LeadService/ConvertLead";
constexpr char kOpen[] = "crm.opportunity.v1.OpportunityService/OpenOpportunity";

using Spans = std::vector<CollectedSpan>;

std::string ServiceOf(const CollectedSpan& span) { return span.resource.at("service.name"); }

// "crm-lead call", for the spans of one trace.
std::set<std::string> NamesIn(const Spans& spans, const std::string& trace) {
  std::set<std::string> names;
  for (const CollectedSpan& span : spans) {
    if (span.span.trace_id() == trace) names.insert(ServiceOf(span) + " " + span.span.name());
  }
  return names;
}

std::string TraceOf(const Spans& spans, const std::string& name) {
  const auto found = std::find_if(spans.begin(), spans.end(), [&](const CollectedSpan& span) {
    return span.span.name() == name && span.span.parent_span_id().empty();
  });
  return found == spans.end() ? "" : found->span.trace_id();
}

// The spans of a trace, but its first, that are below none of it.
std::set<std::string> OrphansIn(const Spans& spans, const std::string& trace) {
  std::set<std::string> ids, orphans;
  for (const CollectedSpan& span : spans) ids.insert(span.span.span_id());
  for (const CollectedSpan& span : spans) {
    const std::string& parent = span.span.parent_span_id();
    if (span.span.trace_id() != trace || parent.empty() || ids.count(parent) > 0) continue;
    orphans.insert(ServiceOf(span) + " " + span.span.name());
  }
  return orphans;
}

TEST(TraceTest, AConversionIsOneTraceFromTheCallToTheContactsStage) {
  OtlpCollector collector;
  setenv("CRM_OTLP_ENDPOINT", collector.endpoint().c_str(), 1);
  setenv("CRM_TRACE_RATIO", "1", 1);
  const Stack stack;
  WalkToSale(ConnectTo(stack), "Larkspur Optics", 5'400'000);
  const std::set<std::string> wanted = {
      std::string("crm-lead ") + kConvert,
      "crm-lead queue",
      std::string("crm-lead batch ") + kConvert,
      "crm-lead postgresql",
      std::string("crm-lead ") + kOpen,
      std::string("crm-opportunity ") + kOpen,
      std::string("crm-opportunity batch ") + kOpen,
      "crm-opportunity postgresql",
      "crm-lead publish crm:stage-events:lead:0",
      "crm-opportunity publish crm:stage-events:opportunity:0",
      "crm-contact apply crm:stage-events:opportunity:0",
      "crm-contact postgresql",
  };
  std::set<std::string> seen, orphans;
  EXPECT_TRUE(Await(absl::Seconds(30),
                    [&] {
                      const Spans spans = collector.spans();
                      const std::string trace = TraceOf(spans, kConvert);
                      seen = NamesIn(spans, trace);
                      orphans = OrphansIn(spans, trace);
                      return orphans.empty() &&
                             std::includes(seen.begin(), seen.end(), wanted.begin(), wanted.end());
                    }))
      << "seen: " << ::testing::PrintToString(seen)
      << ", without a parent: " << ::testing::PrintToString(orphans);
}

}  // namespace
}  // namespace crm::testing

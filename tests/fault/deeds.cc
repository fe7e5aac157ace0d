#include "tests/fault/deeds.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clients/cpp/error_text.h"
#include "tests/e2e/streams.h"

namespace crm::testing {
namespace {

using contact::v1::BatchGetContactsRequest;
using lead::v1::BatchGetLeadsRequest;
using opportunity::v1::BatchGetOpportunitiesRequest;

constexpr int kMostNames = 1000;

const auto& ThingsOf(const contact::v1::BatchGetContactsResponse& page) { return page.contacts(); }
const auto& ThingsOf(const lead::v1::BatchGetLeadsResponse& page) { return page.leads(); }
const auto& ThingsOf(const opportunity::v1::BatchGetOpportunitiesResponse& page) {
  return page.opportunities();
}

// Shows each thing of `names` to `visit`; expects none to be missing.
template <class Request, class Visit>
void Look(const client::Client& client, const std::set<std::string>& names, const Visit& visit) {
  for (auto next = names.begin(); next != names.end();) {
    Request request;
    while (next != names.end() && request.names_size() < kMostNames) request.add_names(*next++);
    const auto page = client.Call(request);
    ASSERT_TRUE(page.ok()) << client::ManyLines(page.status());
    EXPECT_EQ(page->missing_names_size(), 0) << "acknowledged and lost: " << page->missing_names(0);
    for (const auto& thing : ThingsOf(*page)) visit(thing);
  }
}

template <class Value>
std::set<std::string> KeysOf(const std::map<std::string, Value>& map) {
  std::set<std::string> keys;
  for (const auto& [key, value] : map) keys.insert(key);
  return keys;
}

void ExpectCount(const std::string& name, const Count& count, int64_t seen) {
  EXPECT_GE(seen, count.sure) << "acknowledged and lost: of " << name;
  EXPECT_LE(seen, count.sure + count.doubtful) << "done twice: to " << name;
}

}  // namespace

void ExpectKept(const Deeds& deeds, const client::Client& client) {
  Look<BatchGetContactsRequest>(client, deeds.contacts, [](const auto&) {});
  Look<BatchGetLeadsRequest>(client, deeds.leads, [](const auto&) {});
  Look<BatchGetLeadsRequest>(client, KeysOf(deeds.conversions), [&](const lead::v1::Lead& lead) {
    EXPECT_EQ(lead.state(), lead::v1::LEAD_STATE_CONVERTED) << lead.name();
    EXPECT_EQ(lead.opportunity(), deeds.conversions.at(lead.name()));
  });
  std::set<std::string> opened;
  for (const auto& [lead, opportunity] : deeds.conversions) opened.insert(opportunity);
  EXPECT_EQ(opened.size(), deeds.conversions.size());
  Look<BatchGetOpportunitiesRequest>(client, opened, [](const auto&) {});
  Look<BatchGetLeadsRequest>(client, KeysOf(deeds.activities), [&](const lead::v1::Lead& lead) {
    ExpectCount(lead.name(), deeds.activities.at(lead.name()), lead.activity_count());
  });
  Look<BatchGetOpportunitiesRequest>(
      client, KeysOf(deeds.moves), [&](const opportunity::v1::Opportunity& opportunity) {
        ExpectCount(opportunity.name(), deeds.moves.at(opportunity.name()),
                    opportunity.stage_version());
      });
}

void ExpectWhole(const Deeds& deeds, const Fleet& fleet, const std::string& redis_url) {
  const StoreUrls stores(fleet.stores().Url("postgres"),
                         redis_url.empty() ? fleet.stores().redis_url : redis_url);
  EXPECT_TRUE(Settle(stores));
  ExpectKept(deeds, fleet.Client());
  ExpectStreamsEqualHistories(stores, fleet.Client());
}

}  // namespace crm::testing

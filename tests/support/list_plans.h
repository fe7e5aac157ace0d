#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/aggregate/listing.h"
#include "common/serving/list_page.h"
#include "tests/support/service_fixture.h"

// How PostgreSQL reads each kind of list: by which index, and what it must look through. With
// CRM_LIST_ROWS=1000000 the tables of docs/performance_lists.md are printed.
namespace crm::testing {

inline int PlannedRows() {
  const char* const text = std::getenv("CRM_LIST_ROWS");
  int rows = 0;
  return text != nullptr && absl::SimpleAtoi(text, &rows) ? rows : 20'000;
}

// What of the sessions of pg::Connection bears on plans.
inline constexpr char kSession[] =
    "SET enable_seqscan TO off; SET enable_hashjoin TO off; SET enable_mergejoin TO off; "
    "SET jit TO off; ";

struct PlanCase {
  const char* filter;
  const char* order_by;
  const char* index;  // that must be used; empty where the planner may choose
};

// The nodes of a plan from the top, without what they compare.
inline std::string NodesOf(const std::string& plan) {
  std::vector<std::string> nodes;
  for (const absl::string_view line : absl::StrSplit(plan, '\n')) {
    const absl::string_view text = absl::StripLeadingAsciiWhitespace(line);
    const bool node = absl::StrContains(text, "(actual ") && !absl::StartsWith(text, "Limit");
    if (!node) continue;
    const absl::string_view named = absl::StripPrefix(text, "->");
    nodes.emplace_back(absl::StripAsciiWhitespace(named.substr(0, named.find("(actual"))));
  }
  return absl::StrJoin(nodes, " ← ");
}

// "Execution Time: 1.2 ms" has 1.2.
inline std::string MillisecondsOf(const std::string& plan) {
  const std::string kLabel = "Execution Time: ";
  const size_t at = plan.find(kLabel);
  if (at == std::string::npos) return "?";
  return plan.substr(at + kLabel.size(), plan.find(" ms", at) - at - kLabel.size());
}

// A table with the things of the tenant "plans".
class PlannedLists {
 public:
  using TableOf = std::function<aggregate::ListedTable(const listing::Query&)>;

  // `seed` fills `tables`; $ROWS stands in it for how many rows that shall be. `table_of` says what
  // a list reads.
  template <class A>
  PlannedLists(const ServiceDatabase& database, const char* tables, const char* seed,
               TableOf table_of, absl::Span<const listing::Field> fields,
               absl::Span<const listing::OrderOf<A>> orders)
      : database_(database), table_of_(std::move(table_of)), fields_(fields) {
    database.Sql(absl::StrReplaceAll(seed, {{"$ROWS", absl::StrCat(PlannedRows())}}));
    database.Sql(absl::StrCat("ANALYZE ", tables));
    for (const auto& each : orders) orders_.push_back(&each.order);
  }

  void Expect(absl::Span<const PlanCase> cases) const {
    const bool print = std::getenv("CRM_LIST_ROWS") != nullptr;
    for (const PlanCase& one : cases) {
      const std::string plan = Explained(one);
      EXPECT_THAT(plan, ::testing::HasSubstr(one.index)) << one.filter << " | " << one.order_by;
      if (print) {
        std::cout << absl::StrCat("| ", one.filter, " | ", one.order_by, " | ", NodesOf(plan),
                                  " | ", MillisecondsOf(plan), " |\n");
      }
    }
  }

 private:
  std::string Explained(const PlanCase& one) const {
    rpc::CallContext context;
    context.tenant = "plans";
    context.arrival = absl::Now();
    const auto query = serving::QueryOf(context, {.filter = one.filter, .order_by = one.order_by},
                                        fields_, orders_);
    EXPECT_TRUE(query.ok()) << one.filter << query.status();
    if (!query.ok()) return "";
    const std::string explain = absl::StrCat(
        kSession, database_.AsApp("plans"), "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY ON) ",
        aggregate::ListText(table_of_(*query), *query));
    database_.Sql(explain);  // once to read the pages
    return database_.Sql(explain);
  }

  const ServiceDatabase& database_;
  TableOf table_of_;
  absl::Span<const listing::Field> fields_;
  std::vector<const listing::Order*> orders_;
};

}  // namespace crm::testing

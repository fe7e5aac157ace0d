#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/listing/order.h"

// Lists read page by page, also while others write.
namespace crm::testing {

// The names of all pages in order: `list(request)` gives a page, `items(page)` what it holds,
// `between` runs after each.
template <class Request, class List, class Items>
std::vector<std::string> NamesOfPages(
    Request request, const List& list, const Items& items,
    const std::function<void()>& between = [] {}) {
  std::vector<std::string> names;
  do {
    const auto page = list(request);
    EXPECT_TRUE(page.ok()) << request.order_by() << " " << page.status();
    if (!page.ok()) break;
    for (const auto& item : items(*page)) names.push_back(item.name());
    request.set_page_token(page->next_page_token());
    between();
  } while (!request.page_token().empty());
  return names;
}

// Whoever changes while somebody pages is listed once or, in an order that the change alters, not
// at all; whoever stays is listed once. `pages(order_by)` reads all pages while others write;
// `altered` says whether they alter an order.
template <class A>
void ExpectNothingRepeatedOrMissed(
    absl::Span<const listing::OrderOf<A>> orders, const std::vector<std::string>& stay,
    const std::vector<std::string>& change,
    const std::function<std::vector<std::string>(const std::string& order_by)>& pages,
    const std::function<bool(const listing::Order&)>& altered) {
  for (const listing::OrderOf<A>& each : orders) {
    for (const char* const direction : {"", " desc"}) {
      const std::string order = absl::StrCat(each.order.name, direction);
      const std::vector<std::string> names = pages(order);
      const std::set<std::string> once(names.begin(), names.end());
      EXPECT_EQ(once.size(), names.size()) << order << " repeats";
      for (const std::string& name : stay) EXPECT_TRUE(once.contains(name)) << order << " misses";
      if (!altered(each.order)) {
        EXPECT_EQ(once.size(), stay.size() + change.size()) << order;
      }
    }
  }
}

}  // namespace crm::testing

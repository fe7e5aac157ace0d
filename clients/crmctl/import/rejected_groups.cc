#include "clients/crmctl/import/rejected_groups.h"

#include <algorithm>

#include "clients/crmctl/import/value_text.h"

namespace crm::crmctl {
namespace {

constexpr size_t kHeld = 1000;
constexpr size_t kValues = 20;

struct Parts {
  std::string kind;                 // without quotes and numbers
  std::vector<std::string> values;  // in quotes
};

Parts PartsOf(const std::string& reason) {
  Parts parts;
  bool quoted = false;
  for (const char c : reason) {
    if (c == '"') {
      quoted = !quoted;
      if (quoted) parts.values.emplace_back();
    } else if (quoted) {
      parts.values.back() += c;
    } else if (c < '0' || c > '9') {
      parts.kind += c;
    }
  }
  return parts;
}

}  // namespace

void RejectedGroups::Add(int64_t line, const std::string& reason) {
  const Parts parts = PartsOf(reason);
  auto& [group, values] = by_kind_[parts.kind];
  ++rows_;
  if (++group.rows == 1) group.reason = ValidText(reason);
  if (group.lines.size() < kHeld) group.lines.push_back(line);
  for (const std::string& value : parts.values) {
    const auto known = values.find(ValidText(value));
    if (known != values.end()) {
      ++known->second;
    } else if (values.size() < kHeld) {
      values.emplace(ValidText(value), 1);
    }
  }
}

std::vector<RejectedGroup> RejectedGroups::Groups() const {
  std::vector<RejectedGroup> groups;
  for (const auto& [kind, each] : by_kind_) {
    RejectedGroup& group = groups.emplace_back(each.group);
    group.values.assign(each.values.begin(), each.values.end());
    std::stable_sort(group.values.begin(), group.values.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    if (group.values.size() > kValues) group.values.resize(kValues);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.rows > b.rows; });
  return groups;
}

}  // namespace crm::crmctl

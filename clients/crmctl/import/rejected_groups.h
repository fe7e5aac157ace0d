#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace crm::crmctl {

// Rows with the same to be said of them.
struct RejectedGroup {
  std::string reason;          // of the first of them
  int64_t rows = 0;            // how many
  std::vector<int64_t> lines;  // of the first thousand
  // What stands in quotes in their reasons, each with how often; the most frequent first, at most
  // 20. So the values that a mapping lacks can be read off.
  std::vector<std::pair<std::string, int64_t>> values;
};

// Groups rows by what is said of them apart from numbers and what is in quotes. Holds of a group
// no more than a thousand lines and values.
class RejectedGroups {
 public:
  void Add(int64_t line, const std::string& reason);

  int64_t rows() const { return rows_; }
  // The largest first.
  std::vector<RejectedGroup> Groups() const;

 private:
  struct Group {
    RejectedGroup group;
    std::map<std::string, int64_t> values;
  };

  int64_t rows_ = 0;
  std::map<std::string, Group> by_kind_;
};

}  // namespace crm::crmctl

#pragma once

#include <absl/container/flat_hash_set.h>
#include <absl/strings/string_view.h>

#include <array>
#include <cstdint>
#include <optional>

#include "common/base/uuid.h"

namespace crm::crmctl {

// Which of a file's keys were met, and a number for each: 16 bytes a key and the table's slack, 18
// to 37 in all, however long the keys are. A key is told by 80 bits of its hash: among ten million
// keys two are taken for one with a probability of 4e-11.
class KeyIndex {
 public:
  static constexpr int64_t kMost = (int64_t{1} << 48) - 1;

  // A key as its hash.
  static base::Uuid Hashed(absl::string_view key);

  // False, and nothing changes, if the key is there. `number`: 0 to kMost.
  bool Add(const base::Uuid& key, int64_t number);
  void Remove(const base::Uuid& key);
  std::optional<int64_t> Find(const base::Uuid& key) const;
  bool Contains(const base::Uuid& key) const { return Find(key).has_value(); }

 private:
  struct Entry {
    uint64_t low;              // of the hash
    uint64_t high_and_number;  // 16 bits more of it above the number
  };
  struct Hash {
    size_t operator()(const Entry& entry) const { return entry.low; }
  };
  struct Same {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.low == b.low && a.high_and_number >> 48 == b.high_and_number >> 48;
    }
  };
  using Set = absl::flat_hash_set<Entry, Hash, Same>;

  static Entry EntryOf(const base::Uuid& key, int64_t number);
  Set& PartOf(const base::Uuid& key) { return parts_[key.High() % parts_.size()]; }
  const Set& PartOf(const base::Uuid& key) const { return parts_[key.High() % parts_.size()]; }

  // So that not all of it is there twice while it grows.
  std::array<Set, 64> parts_;
};

}  // namespace crm::crmctl

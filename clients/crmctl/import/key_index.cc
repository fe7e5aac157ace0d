#include "clients/crmctl/import/key_index.h"

#include "clients/cpp/request_id.h"

namespace crm::crmctl {
namespace {

constexpr base::Uuid kSpace(0x2b6c1d90f5a84c37ull, 0x8e02d7b3915f6a48ull);

}  // namespace

base::Uuid KeyIndex::Hashed(absl::string_view key) { return client::DerivedId(kSpace, {key}); }

// The bits that a UUID of version 5 has for its version and variant say nothing.
KeyIndex::Entry KeyIndex::EntryOf(const base::Uuid& key, int64_t number) {
  const auto bytes = key.Bytes();
  uint64_t low = 0;
  for (size_t i = 8; i < bytes.size(); ++i) low = low << 8 | bytes[i];
  const uint64_t high = key.High();
  return {low << 4 ^ low >> 60 ^ high, (high >> 16) << 48 | static_cast<uint64_t>(number)};
}

bool KeyIndex::Add(const base::Uuid& key, int64_t number) {
  return PartOf(key).insert(EntryOf(key, number)).second;
}

void KeyIndex::Remove(const base::Uuid& key) { PartOf(key).erase(EntryOf(key, 0)); }

std::optional<int64_t> KeyIndex::Find(const base::Uuid& key) const {
  const Set& part = PartOf(key);
  const auto it = part.find(EntryOf(key, 0));
  if (it == part.end()) return std::nullopt;
  return static_cast<int64_t>(it->high_and_number & static_cast<uint64_t>(kMost));
}

}  // namespace crm::crmctl

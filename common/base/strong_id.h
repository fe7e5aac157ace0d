#pragma once

#include <absl/strings/string_view.h>

#include <compare>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "common/base/uuid.h"

namespace crm::base {

// An id that knows what it identifies: `using LeadId = StrongId<struct LeadTag>;`. Ids of different
// tags neither convert nor compare. A default-made id is nil.
template <typename Tag>
class StrongId {
 public:
  constexpr StrongId() = default;
  constexpr explicit StrongId(const Uuid& value) : value_(value) {}

  // As Uuid::Parse.
  static std::optional<StrongId> Parse(absl::string_view text) {
    const std::optional<Uuid> value = Uuid::Parse(text);
    if (!value) return std::nullopt;
    return StrongId(*value);
  }

  constexpr const Uuid& value() const { return value_; }
  constexpr bool IsNil() const { return value_.IsNil(); }
  std::string ToString() const { return value_.ToString(); }
  void AppendTo(std::string* out) const { value_.AppendTo(out); }

  friend constexpr bool operator==(const StrongId&, const StrongId&) = default;
  friend constexpr std::strong_ordering operator<=>(const StrongId&, const StrongId&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const StrongId& id) {
    return H::combine(std::move(state), id.value_);
  }
  friend std::ostream& operator<<(std::ostream& out, const StrongId& id) {
    return out << id.value_;
  }

 private:
  Uuid value_;
};

}  // namespace crm::base

template <typename Tag>
struct std::hash<crm::base::StrongId<Tag>> {
  size_t operator()(const crm::base::StrongId<Tag>& id) const noexcept {
    return std::hash<crm::base::Uuid>()(id.value());
  }
};

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/enum_names.h"
#include "common/base/uuid.h"
#include "common/report/viewpoint.h"

// What became of the opportunities that leads were converted into, as their service told.
namespace crm::lead {

enum class SaleState { kOpen, kWon, kLost };

// Named as the types of an opportunity's stages.
inline constexpr base::EnumName<SaleState> kSaleStateNames[] = {
    {SaleState::kOpen, "OPEN"}, {SaleState::kWon, "WON"}, {SaleState::kLost, "LOST"}};

// A move of an opportunity that closed or reopened it, or the correction of a move.
struct SaleChange {
  int64_t version = 0;  // among the moves of the opportunity
  SaleState state = SaleState::kOpen;
  absl::Time effective_time;  // of a correction: of what it corrects, as known from then on
  absl::Time record_time;     // when the opportunity service learned of it
  std::optional<int64_t> corrects;

  bool operator==(const SaleChange&) const = default;
};

// How an opportunity stood from a time on.
struct SaleTurn {
  SaleState state = SaleState::kOpen;
  absl::Time time;

  bool operator==(const SaleTurn&) const = default;
};

// The turns that `changes`, in order of their versions, tell as seen from `view`. By the effective
// clock corrections stand in place of what they correct; by the recorded one each turn counts from
// when it was recorded. Corrections of moves that are not among the changes say nothing.
std::vector<SaleTurn> TurnsOf(absl::Span<const SaleChange> changes, const report::Viewpoint& view);

}  // namespace crm::lead

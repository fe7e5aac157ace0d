#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/base/uuid.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/report_story.h"

// The column `moves` of a lead: its moves, one behind the other, so that reports read them with the
// row. Whoever moves a lead appends; what a program that does not know the column left out is
// noticed by their number, which is the lead's stage_version.
namespace crm::lead {

struct KeptMoves {
  std::vector<LeadMove> moves;            // in the order of their versions, from 1
  std::optional<base::Uuid> opportunity;  // that the last conversion led to, if that was kept
};

// What is appended for the moves made since the lead was loaded; empty if there are none.
std::string MovesText(const Lead& lead);

// Nothing for what cannot have been kept.
std::optional<KeptMoves> MovesFromText(absl::string_view text);

}  // namespace crm::lead

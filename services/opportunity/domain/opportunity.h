#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/lead_source.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/opportunity/domain/line_item.h"
#include "services/opportunity/domain/milestone.h"
#include "services/opportunity/domain/pipeline.h"
#include "services/opportunity/domain/sales_work.h"
#include "services/opportunity/domain/stage_change.h"

namespace crm::opportunity {

using base::kLeadSourceNames;
using base::LeadSource;

// A qualified lead on its way to a sale. A plain value, changed by its moves (opportunity_moves.h)
// and by Edit (opportunity_edit.h). Times are whole microseconds, as they are stored.
struct Opportunity {
  std::string tenant;
  base::Uuid id;
  int64_t revision = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time;

  std::string display_name;
  base::Uuid contact;
  std::optional<base::Uuid> lead;
  LeadSource lead_source = LeadSource::kUnspecified;
  std::optional<base::Uuid> cloned_from;  // the opportunity that this one renews
  std::string owner;
  std::string external_id;            // empty: none
  std::optional<base::Money> amount;  // the sum of the line items if there are any
  std::vector<LineItem> line_items;
  std::optional<absl::CivilDay> expected_close_date;

  std::string pipeline;
  std::string stage;
  StageType stage_type = StageType::kOpen;
  int64_t stage_version = 0;
  int probability = 0;  // percent
  bool probability_manual = false;
  ForecastCategory category = ForecastCategory::kPipeline;
  bool category_manual = false;
  std::optional<LossReason> loss_reason;  // only when lost
  std::string loss_note;
  absl::Time open_time;                  // effective
  std::optional<absl::Time> close_time;  // effective; absent while open
  absl::Time stage_enter_time;           // effective time of the last move

  std::vector<Need> needs;
  PresentSupplier present_supplier;
  PaymentTerms payment_terms;
  Contract contract;
  std::vector<ContactRole> contact_roles;
  std::vector<std::string> interests;

  std::vector<Competitor> competitors;
  NextStep next_step;
  std::vector<TeamMember> team;
  std::map<std::string, std::string> attributes;  // the caller's own

  RulesInForce rules;                      // of the pipeline; filled in by the store
  std::vector<StageChange> stage_changes;  // the moves since it was loaded, to be appended

  bool deleted() const { return delete_time.has_value(); }
  bool operator==(const Opportunity&) const = default;
};

// "opportunities/{uuid}".
inline constexpr absl::string_view kOpportunities = "opportunities";
std::string NameOf(const Opportunity& opportunity);
std::string OpportunityName(const base::Uuid& id);

}  // namespace crm::opportunity

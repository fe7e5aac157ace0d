#include "services/opportunity/rpc/sales_work_checks.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/request_checks.h"
#include "services/opportunity/domain/line_item.h"

namespace crm::opportunity {
namespace {

using rpc::kIdLimit;
using rpc::kNameLimit;
using rpc::kOptional;
using rpc::kRequired;
using rpc::kTextLimit;
using rpc::Validation;

constexpr size_t kMostLines = 100;
constexpr size_t kMostOfAKind = 50;

using Seen = absl::flat_hash_set<absl::string_view>;

void CheckOnce(const std::string& path, absl::string_view value, Seen& seen, Validation& v) {
  if (!value.empty() && !seen.insert(value).second) v.Custom(path, "must not be named twice");
}

}  // namespace

void CheckLineItems(const v1::Opportunity& message, Validation& v) {
  v.Count("opportunity.line_items", message.line_items_size(), kMostLines);
  for (int i = 0; i < message.line_items_size(); ++i) {
    const v1::LineItem& item = message.line_items(i);
    const std::string path = absl::StrCat("opportunity.line_items[", i, "].");
    v.Text(path + "product", item.product(), {1, kNameLimit, kRequired});
    v.Number(path + "quantity_thousandths", item.quantity_thousandths(), 1, kMostQuantity);
    v.MoneyField(path + "unit_price", item.has_unit_price(), item.unit_price(), kRequired, 0,
                 kMostAmount);
    v.Number(path + "discount_per_mille", item.discount_per_mille(), 0, kWholePrice);
  }
}

void CheckCompetitors(const v1::Opportunity& message, Validation& v) {
  v.Count("opportunity.competitors", message.competitors_size(), kMostOfAKind);
  Seen seen;
  for (int i = 0; i < message.competitors_size(); ++i) {
    const v1::Competitor& competitor = message.competitors(i);
    const std::string path = absl::StrCat("opportunity.competitors[", i, "].");
    v.Text(path + "display_name", competitor.display_name(), {1, kNameLimit, kRequired});
    CheckOnce(path + "display_name", competitor.display_name(), seen, v);
    v.Enum(path + "status", competitor.status(), v1::CompetitorStatus_IsValid(competitor.status()),
           kOptional);
    v.Text(path + "note", competitor.note(), {0, kTextLimit, kOptional});
  }
}

void CheckTeam(const v1::Opportunity& message, Validation& v) {
  v.Count("opportunity.team", message.team_size(), kMostOfAKind);
  Seen seen;
  for (int i = 0; i < message.team_size(); ++i) {
    const v1::TeamMember& member = message.team(i);
    const std::string path = absl::StrCat("opportunity.team[", i, "].");
    v.Text(path + "actor", member.actor(), {1, kIdLimit, kRequired});
    CheckOnce(path + "actor", member.actor(), seen, v);
    v.Text(path + "role", member.role(), {0, kNameLimit, kOptional});
  }
}

}  // namespace crm::opportunity

#include "services/opportunity/domain/report_velocity.h"

namespace crm::opportunity {

std::optional<double> VelocityReport::Row::PerDay() const {
  if (!win_rate || !mean_won_minor || !mean_cycle_days || *mean_cycle_days <= 0) {
    return std::nullopt;
  }
  return static_cast<double>(open) * *win_rate * *mean_won_minor / *mean_cycle_days;
}

std::map<std::string, VelocityReport::Row> VelocityReport::RowsOf(const PipelineSummary::Row* open,
                                                                  const WinReport::Row* wins) {
  std::map<std::string, Row> rows;
  if (open != nullptr) {
    for (const auto& [currency, sum] : open->sums.sums()) rows[currency].open = sum.count;
  }
  if (wins == nullptr) return rows;
  for (const auto& [currency, sum] : wins->won_sums.sums()) {
    rows[currency].mean_won_minor = static_cast<double>(sum.minor) / static_cast<double>(sum.count);
  }
  for (auto& [currency, row] : rows) {
    if (wins->won + wins->lost > 0) {
      row.win_rate = static_cast<double>(wins->won) / static_cast<double>(wins->won + wins->lost);
    }
    row.mean_cycle_days = wins->won_cycles.MeanDays();
  }
  return rows;
}

std::vector<std::pair<GroupKey, std::map<std::string, VelocityReport::Row>>>
VelocityReport::Groups() const {
  GroupRows<bool> keys = keys_;
  for (const auto& [key, row] : open_.rows().rows()) keys[key] = true;
  for (const auto& [key, row] : wins_.rows().rows()) keys[key] = true;
  std::vector<std::pair<GroupKey, std::map<std::string, Row>>> groups;
  for (const auto& [key, known] : keys.rows()) {
    groups.emplace_back(key, RowsOf(open_.rows().Find(key), wins_.rows().Find(key)));
  }
  return groups;
}

}  // namespace crm::opportunity

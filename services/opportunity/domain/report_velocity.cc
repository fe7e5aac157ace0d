#include "services/opportunity/domain/report_velocity.h"

namespace crm::opportunity {
namespace {

void SetRateAndCycle(const WinReport::Row& wins, VelocityReport::Row& row) {
  if (wins.won + wins.lost > 0) {
    row.win_rate = static_cast<double>(wins.won) / static_cast<double>(wins.won + wins.lost);
  }
  row.mean_cycle_days = wins.won_cycles.MeanDays();
}

int64_t WithoutAmount(const PipelineSummary::Row* open) {
  return open == nullptr ? 0 : open->sums.without_amount();
}

// What has no amount counts in the one currency that there is; in several nothing tells in which.
void AddWithoutAmount(const PipelineSummary::Row* open,
                      std::map<std::string, VelocityReport::Row>& rows) {
  const int64_t without = WithoutAmount(open);
  if (without == 0) return;
  if (rows.empty()) rows[""];
  if (rows.size() == 1) rows.begin()->second.open += without;
  for (auto& [currency, row] : rows) row.open_without_amount = without;
}

}  // namespace

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
  if (wins != nullptr) {
    for (const auto& [currency, sum] : wins->won_sums.sums()) {
      rows[currency].mean_won_minor =
          static_cast<double>(sum.minor) / static_cast<double>(sum.count);
    }
  }
  AddWithoutAmount(open, rows);
  if (wins == nullptr) return rows;
  for (auto& [currency, row] : rows) SetRateAndCycle(*wins, row);
  return rows;
}

VelocityReport::Row VelocityReport::ConvertedOf(const PipelineSummary::Row* open,
                                                const WinReport::Row* wins,
                                                const RateTable& rates) {
  Row row;
  row.open = row.open_without_amount = WithoutAmount(open);
  if (open != nullptr) {
    for (const auto& [rate, sum] : open->sums.by_rate()) row.open += sum.count;
  }
  if (wins == nullptr) return row;
  ConvertedTotal won(rates.currency());
  int64_t count = 0;
  for (const auto& [rate, sum] : wins->won_sums.by_rate()) {
    won.Add(sum.minor, *rate);
    count += sum.count;
  }
  if (count > 0) row.mean_won_minor = won.AsDouble() / static_cast<double>(count);
  SetRateAndCycle(*wins, row);
  return row;
}

std::vector<std::pair<GroupKey, std::map<std::string, VelocityReport::Row>>>
VelocityReport::Groups() const {
  std::vector<std::pair<GroupKey, std::map<std::string, Row>>> groups;
  for (const GroupKey& key : Keys()) {
    groups.emplace_back(key, RowsOf(open_.rows().Find(key), wins_.rows().Find(key)));
  }
  return groups;
}

std::vector<std::pair<GroupKey, VelocityReport::Row>> VelocityReport::ConvertedGroups(
    const RateTable& rates) const {
  std::vector<std::pair<GroupKey, Row>> groups;
  for (const GroupKey& key : Keys()) {
    groups.emplace_back(key, ConvertedOf(open_.rows().Find(key), wins_.rows().Find(key), rates));
  }
  return groups;
}

std::vector<GroupKey> VelocityReport::Keys() const {
  GroupRows<bool> known = order_;
  for (const auto& [key, row] : open_.rows().rows()) known[key] = true;
  for (const auto& [key, row] : wins_.rows().rows()) known[key] = true;
  std::vector<GroupKey> keys;
  for (const auto& [key, row] : known.rows()) keys.push_back(key);
  return keys;
}

}  // namespace crm::opportunity

#include "services/opportunity/domain/report_scope.h"

#include <algorithm>

#include "absl/algorithm/container.h"

namespace crm::opportunity {
namespace {

constexpr int kClosedRank = 1000;  // beyond any position
constexpr int kUnknownRank = -1;

template <class T>
bool IsAmong(const std::vector<T>& list, const T& value) {
  return list.empty() || absl::c_linear_search(list, value);
}

}  // namespace

bool ReportScope::Holds(const DealFacts& facts) const {
  if (!pipeline.empty() && facts.pipeline != pipeline) return false;
  if (!IsAmong(owners, facts.owner) || !IsAmong(stage_types, facts.stage_type)) return false;
  if (!currency.empty()) {
    if (!facts.amount || facts.amount->currency != currency) return false;
    if (minimum_minor && facts.amount->minor < *minimum_minor) return false;
    if (maximum_minor && facts.amount->minor > *maximum_minor) return false;
  }
  return absl::c_all_of(attributes, [&facts](const auto& wanted) {
    const auto found = facts.attributes.find(wanted.first);
    return found != facts.attributes.end() && found->second == wanted.second;
  });
}

StageOrder::StageOrder(absl::Span<const Pipeline> pipelines) {
  for (const Pipeline& pipeline : pipelines) {
    for (const Stage& stage : pipeline.stages) Add(pipeline.slug, stage);
    for (const RetiredStage& retired : pipeline.retired) Add(pipeline.slug, retired.stage);
  }
}

void StageOrder::Add(const std::string& pipeline, const Stage& stage) {
  keys_[pipeline][stage.key] = stage.SharedKey();
  const int rank =
      stage.type == StageType::kOpen ? stage.position : kClosedRank + static_cast<int>(stage.type);
  ranks_.emplace(stage.SharedKey(), rank);
}

absl::string_view StageOrder::SharedKey(absl::string_view pipeline, absl::string_view stage) const {
  const auto keys = keys_.find(pipeline);
  if (keys == keys_.end()) return stage;
  const auto found = keys->second.find(stage);
  return found == keys->second.end() ? stage : absl::string_view(found->second);
}

int StageOrder::RankOf(absl::string_view shared_key) const {
  const auto found = ranks_.find(shared_key);
  return found == ranks_.end() ? kUnknownRank : found->second;
}

GroupKey ReportGroups::KeyOf(const DealFacts& facts, const StageOrder& order,
                             std::optional<absl::CivilDay> month_of) const {
  GroupKey key;
  for (const ReportGrouping grouping : by) {
    std::string& part = key.emplace_back();
    switch (grouping) {
      case ReportGrouping::kStage:
        part = std::string(order.SharedKey(facts.pipeline, facts.stage));
        break;
      case ReportGrouping::kOwner:
        part = facts.owner;
        break;
      case ReportGrouping::kPipeline:
        part = PipelineName(facts.pipeline);
        break;
      case ReportGrouping::kCurrency:
        if (facts.amount) part = facts.amount->currency;
        break;
      case ReportGrouping::kMonth:
        if (month_of) part = MonthText(*month_of);
        break;
      case ReportGrouping::kLossReason:
        if (facts.loss_reason)
          part = std::string(base::NameOf(kLossReasonNames, *facts.loss_reason));
        break;
      case ReportGrouping::kAttribute: {
        const auto found = facts.attributes.find(attribute);
        if (found != facts.attributes.end()) part = found->second;
        break;
      }
    }
  }
  return key;
}

bool GroupKeyLess::operator()(const GroupKey& a, const GroupKey& b) const {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i] == b[i]) continue;
    if (groups->by[i] == ReportGrouping::kStage) {
      const int left = order->RankOf(a[i]);
      const int right = order->RankOf(b[i]);
      if (left != right) return left < right;
    }
    return a[i] < b[i];
  }
  return a.size() < b.size();
}

}  // namespace crm::opportunity

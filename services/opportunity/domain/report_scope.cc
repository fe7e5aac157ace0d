#include "services/opportunity/domain/report_scope.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_format.h"

namespace crm::opportunity {
namespace {

constexpr int kClosedRank = 1000;  // beyond any position
constexpr int kUnknownRank = -1;

template <class T>
bool IsAmong(const std::vector<T>& list, const T& value) {
  return list.empty() || absl::c_linear_search(list, value);
}

}  // namespace

bool ReportScope::HoldsOwner(const DealFacts& facts) const { return IsAmong(owners, facts.owner); }

bool ReportScope::HoldsRest(const DealFacts& facts) const {
  if (!pipeline.empty() && facts.pipeline != pipeline) return false;
  if (!IsAmong(stage_types, facts.stage_type)) return false;
  if (!IsAmong(lead_sources, facts.lead_source)) return false;
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
    switch (grouping) {
      case ReportGrouping::kMonth:
      case ReportGrouping::kQuarter:
      case ReportGrouping::kYear:
        key.push_back(month_of ? KeyBy(grouping, *month_of) : std::string());
        break;
      default:
        key.push_back(KeyBy(grouping, facts, order));
    }
  }
  return key;
}

std::string ReportGroups::KeyBy(ReportGrouping grouping, absl::CivilDay day) const {
  if (grouping == ReportGrouping::kMonth) return MonthText(day);
  if (grouping == ReportGrouping::kQuarter) return QuarterText(day, fiscal_start);
  return absl::StrFormat("%04d", FiscalYearOf(day, fiscal_start));
}

std::string ReportGroups::KeyBy(ReportGrouping grouping, const DealFacts& facts,
                                const StageOrder& order) const {
  switch (grouping) {
    case ReportGrouping::kStage:
      return std::string(order.SharedKey(facts.pipeline, facts.stage));
    case ReportGrouping::kOwner:
      return facts.owner;
    case ReportGrouping::kPipeline:
      return PipelineName(facts.pipeline);
    case ReportGrouping::kCurrency:
      return facts.amount ? facts.amount->currency : std::string();
    case ReportGrouping::kLossReason:
      return facts.loss_reason ? std::string(base::NameOf(kLossReasonNames, *facts.loss_reason))
                               : std::string();
    case ReportGrouping::kLeadSource:
      return facts.lead_source == base::LeadSource::kUnspecified
                 ? std::string()
                 : std::string(base::NameOf(base::kLeadSourceNames, facts.lead_source));
    case ReportGrouping::kAttribute: {
      const auto found = facts.attributes.find(attribute);
      return found == facts.attributes.end() ? std::string() : found->second;
    }
    default:
      return "";  // of a day
  }
}

bool GoByAttributes(const ReportScope& scope, const ReportGroups& groups) {
  return !scope.attributes.empty() || absl::c_linear_search(groups.by, ReportGrouping::kAttribute);
}

ScopeFields FieldsOf(const ReportScope& scope, const ReportGroups& groups) {
  const auto grouped = [&groups](ReportGrouping by) {
    return absl::c_linear_search(groups.by, by);
  };
  if (GoByAttributes(scope, groups) || !scope.lead_sources.empty() ||
      grouped(ReportGrouping::kLeadSource)) {
    return ScopeFields::kAny;
  }
  const bool edited = !scope.owners.empty() || !scope.currency.empty() ||
                      grouped(ReportGrouping::kOwner) || grouped(ReportGrouping::kCurrency);
  return edited ? ScopeFields::kOfEdits : ScopeFields::kOfMoves;
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

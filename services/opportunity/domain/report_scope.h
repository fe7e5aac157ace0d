#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/report/calendar.h"
#include "services/opportunity/domain/pipeline.h"
#include "services/opportunity/domain/report_deal.h"
#include "services/opportunity/domain/report_rates.h"

// What a report is about, and by what it groups.
namespace crm::opportunity {

using ReportPeriod = report::Period;
using report::FiscalYearOf;
using report::MonthText;
using report::QuarterText;

// Of which opportunities a report tells. What is empty asks for nothing.
struct ReportScope {
  std::string pipeline;  // slug
  std::vector<std::string> owners;
  std::vector<StageType> stage_types;
  std::string currency;
  std::optional<int64_t> minimum_minor;  // with a currency
  std::optional<int64_t> maximum_minor;
  std::map<std::string, std::string> attributes;
  std::vector<base::LeadSource> lead_sources;

  bool Holds(const DealFacts& facts) const { return HoldsOwner(facts) && HoldsRest(facts); }
  bool HoldsOwner(const DealFacts& facts) const;
  bool HoldsRest(const DealFacts& facts) const;  // all but the owners
};

// Numbered as v1.ReportGrouping.
enum class ReportGrouping {
  kStage = 1,
  kOwner = 2,
  kPipeline = 3,
  kCurrency = 4,
  kMonth = 5,
  kLossReason = 6,
  kAttribute = 7,
  kQuarter = 8,
  kYear = 9,
  kLeadSource = 10,
};

// What stages are called across pipelines, and in which order.
class StageOrder {
 public:
  StageOrder() = default;
  // `pipelines`, oldest first: a shared key stands where the first one that has it has it.
  explicit StageOrder(absl::Span<const Pipeline> pipelines);

  // The shared key of a stage; the stage's own, as it was given, if no pipeline has it.
  absl::string_view SharedKey(absl::string_view pipeline, absl::string_view stage) const;
  // Ascending along the way to a sale; WON after all OPEN ones, LOST last.
  int RankOf(absl::string_view shared_key) const;

 private:
  void Add(const std::string& pipeline, const Stage& stage);

  using Keys = absl::flat_hash_map<std::string, std::string>;  // by stage
  absl::flat_hash_map<std::string, Keys> keys_;                // by pipeline
  absl::flat_hash_map<std::string, int> ranks_;
};

// What a report works out for each stage, kept for the first ones: there is a stay for each move,
// and stages are mostly few.
template <class Value>
class OfFewStages {
 public:
  // What `work_out()` gives for a stay there.
  template <class WorkOut>
  Value Of(const Stay& stay, const WorkOut& work_out) {
    for (const Known& it : known_) {
      if (it.stage == stay.stage && it.stage_key == stay.stage_key &&
          it.pipeline == stay.pipeline) {
        return it.value;
      }
    }
    const Value value = work_out();
    if (known_.size() < kMost) {
      known_.push_back({std::string(stay.pipeline), std::string(stay.stage),
                        std::string(stay.stage_key), value});
    }
    return value;
  }

 private:
  static constexpr size_t kMost = 16;
  struct Known {
    std::string pipeline;
    std::string stage;
    std::string stage_key;
    Value value;
  };
  std::vector<Known> known_;
};

// One key for each grouping, in their order; what is not set is empty.
using GroupKey = std::vector<std::string>;

// By what a report groups: at most three.
struct ReportGroups {
  std::vector<ReportGrouping> by;
  std::string attribute;  // whose value kAttribute groups by
  absl::TimeZone zone;
  int fiscal_start = 1;  // the month with which fiscal years begin

  // `month_of`: the day whose month, quarter or year is grouped by, as the report defines it.
  GroupKey KeyOf(const DealFacts& facts, const StageOrder& order,
                 std::optional<absl::CivilDay> month_of) const;

 private:
  std::string KeyBy(ReportGrouping grouping, const DealFacts& facts, const StageOrder& order) const;
  std::string KeyBy(ReportGrouping grouping, absl::CivilDay day) const;
};

// What fields a scope and groups go by: those that only moves change; those that edits change, too,
// and moves tell; or any.
enum class ScopeFields { kOfMoves, kOfEdits, kAny };
ScopeFields FieldsOf(const ReportScope& scope, const ReportGroups& groups);
bool GoByAttributes(const ReportScope& scope, const ReportGroups& groups);

// Sorts group keys: stages along the way to a sale, all else by its text.
struct GroupKeyLess {
  const ReportGroups* groups;
  const StageOrder* order;

  bool operator()(const GroupKey& a, const GroupKey& b) const;
};

// What all reports are asked.
struct ReportQuery {
  Viewpoint view;
  ReportScope scope;
  ReportGroups groups;
  StageOrder order;
  ReportPeriod period;  // of those that have one
  std::optional<RateTable> rates;

  absl::CivilDay DayOf(absl::Time time) const { return absl::ToCivilDay(time, groups.zone); }
  bool InPeriod(absl::Time time) const { return period.Holds(DayOf(time)); }
  // By which an amount is converted: of what was closed on a day that of its month, of what is open
  // the last one. nullptr: there is none.
  const CurrencyRate* RateOf(const std::optional<base::Money>& amount,
                             std::optional<absl::CivilDay> closed) const {
    return rates && amount ? rates->Find(amount->currency, closed) : nullptr;
  }
};

// The rows of a report by their keys, in order.
template <class Row>
class GroupRows {
 public:
  explicit GroupRows(const ReportQuery& query) : rows_(GroupKeyLess{&query.groups, &query.order}) {}

  Row& operator[](const GroupKey& key) { return rows_[key]; }
  const auto& rows() const { return rows_; }
  // nullptr if there is none.
  const Row* Find(const GroupKey& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }

 private:
  std::map<GroupKey, Row, GroupKeyLess> rows_;
};

}  // namespace crm::opportunity

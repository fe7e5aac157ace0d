#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/report/calendar.h"
#include "common/report/viewpoint.h"
#include "services/lead/domain/report_story.h"

// What a report is about, and by what it groups.
namespace crm::lead {

// Of which leads a report tells. What is empty asks for nothing.
struct ReportScope {
  std::vector<std::string> owners;
  std::vector<LeadSource> sources;
  std::vector<std::string> source_details;
  std::vector<LeadState> states;
  std::map<std::string, std::string> attributes;

  // `owner`: as each report defines it.
  bool Holds(const LeadFacts& facts, const std::string& owner) const;
};

// Numbered as v1.ReportGrouping.
enum class ReportGrouping {
  kSource = 1,
  kSourceDetail = 2,
  kOwner = 3,
  kAttribute = 4,
  kWeek = 5,
  kMonth = 6,
  kQuarter = 7,
  kYear = 8,
};

// One key for each grouping, in their order; what is not set is empty.
using GroupKey = std::vector<std::string>;

// By what a report groups: at most three.
struct ReportGroups {
  std::vector<ReportGrouping> by;
  std::string attribute;  // whose value kAttribute groups by
  absl::TimeZone zone;
  int fiscal_start = 1;  // the month with which fiscal years begin

  // `owner` and `day`: as each report defines them.
  GroupKey KeyOf(const LeadFacts& facts, const std::string& owner, absl::CivilDay day) const;
  bool Have(ReportGrouping grouping) const;
};

// What all reports are asked.
struct ReportQuery {
  report::Viewpoint view;
  ReportScope scope;
  ReportGroups groups;
  report::Period period;

  absl::CivilDay DayOf(absl::Time time) const { return absl::ToCivilDay(time, groups.zone); }
  bool InPeriod(absl::Time time) const { return period.Holds(DayOf(time)); }
};

// The rows of a report by their keys, in order, and everything together.
template <class Row>
class ReportRows {
 public:
  // Calls `add` with the row of the lead's group and with that of all, if the scope holds it.
  template <class AddTo>
  void Add(const ReportQuery& query, const LeadFacts& facts, const std::string& owner,
           absl::Time time, const AddTo& add) {
    if (!query.scope.Holds(facts, owner)) return;
    add(rows_[query.groups.KeyOf(facts, owner, query.DayOf(time))]);
    one_ = query.groups.by.empty();
    if (!one_) add(total_);
  }

  const std::map<GroupKey, Row>& rows() const { return rows_; }
  // Whether everything together is the one row that there is, since nothing is grouped by.
  bool one() const { return one_; }
  const Row& total() const { return one_ ? rows_.begin()->second : total_; }

 private:
  std::map<GroupKey, Row> rows_;
  Row total_;
  bool one_ = false;
};

}  // namespace crm::lead

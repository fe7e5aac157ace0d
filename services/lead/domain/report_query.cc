#include "services/lead/domain/report_query.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_format.h"
#include "common/base/enum_names.h"

namespace crm::lead {
namespace {

template <class T>
bool IsWanted(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() || absl::c_linear_search(wanted, value);
}

std::string SourceKey(LeadSource source) {
  if (source == LeadSource::kUnspecified) return "";
  return std::string(base::NameOf(kLeadSourceNames, source));
}

}  // namespace

bool ReportScope::Holds(const LeadFacts& facts, const std::string& owner) const {
  if (!IsWanted(owners, owner) || !IsWanted(sources, facts.source) ||
      !IsWanted(source_details, facts.source_detail) || !IsWanted(states, facts.state)) {
    return false;
  }
  return absl::c_all_of(attributes, [&facts](const auto& wanted) {
    const auto found = facts.attributes.find(wanted.first);
    return found != facts.attributes.end() && found->second == wanted.second;
  });
}

GroupKey ReportGroups::KeyOf(const LeadFacts& facts, const std::string& owner,
                             absl::CivilDay day) const {
  GroupKey key;
  for (const ReportGrouping grouping : by) {
    std::string& part = key.emplace_back();
    switch (grouping) {
      case ReportGrouping::kSource:
        part = SourceKey(facts.source);
        break;
      case ReportGrouping::kSourceDetail:
        part = facts.source_detail;
        break;
      case ReportGrouping::kOwner:
        part = owner;
        break;
      case ReportGrouping::kAttribute: {
        const auto found = facts.attributes.find(attribute);
        if (found != facts.attributes.end()) part = found->second;
        break;
      }
      case ReportGrouping::kWeek:
        part = report::WeekText(day);
        break;
      case ReportGrouping::kMonth:
        part = report::MonthText(day);
        break;
      case ReportGrouping::kQuarter:
        part = report::QuarterText(day, fiscal_start);
        break;
      case ReportGrouping::kYear:
        part = absl::StrFormat("%04d", report::FiscalYearOf(day, fiscal_start));
        break;
    }
  }
  return key;
}

bool ReportGroups::Have(ReportGrouping grouping) const {
  return absl::c_linear_search(by, grouping);
}

}  // namespace crm::lead

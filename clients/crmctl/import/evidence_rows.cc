#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include <utility>
#include <vector>

#include "clients/crmctl/import/row_records.h"
#include "clients/crmctl/import/row_words.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

class EvidenceReader {
 public:
  EvidenceReader(const ImportIds& ids, const Mapping& mapping, const Known& known,
                 RowValues* values)
      : ids_(ids), mapping_(mapping), known_(known), values_(*values) {}

  EvidenceRecord Read() {
    record_.entity = values_.mapping().entity;
    record_.key = values_.Key();
    Lead();
    record_.entity == Entity::kActivity ? Activity() : Assessment();
    return std::move(record_);
  }

 private:
  // Whose it is: the first of the fields that names a row. Exports have one column for whatever
  // something belongs to, so that a field may well name none.
  void Lead() {
    std::vector<std::pair<const char*, std::string>> tried;
    for (const auto& [field, id] :
         {std::pair{"deal", &ImportIds::Lead}, {"lead", &ImportIds::LoneLead}}) {
      record_.reference = values_.Reference(field);
      if (record_.reference.empty()) continue;
      record_.lead_id = (ids_.*id)(record_.reference);
      target_ = known_.leads->Find(record_.lead_id);
      field_ = field;
      if (target_) return;
      tried.emplace_back(field, record_.reference);
    }
    for (const auto& [field, key] : tried) values_.Refuse(field, NotImportable(key));
    if (tried.empty()) values_.Refuse(values_.Maps("deal") ? "deal" : "lead", "is required");
  }

  void Activity() {
    lead::v1::Activity& activity = record_.activity;
    lead::v1::ActivityType type = lead::v1::ACTIVITY_TYPE_UNSPECIFIED;
    ReadWord(&values_, "type", "ACTIVITY_TYPE_", lead::v1::ActivityType_Parse, &type);
    lead::v1::ActivityDirection direction = lead::v1::ACTIVITY_DIRECTION_UNSPECIFIED;
    ReadWord(&values_, "direction", "ACTIVITY_DIRECTION_", lead::v1::ActivityDirection_Parse,
             &direction);
    const bool none = direction == lead::v1::ACTIVITY_DIRECTION_UNSPECIFIED;
    if (type == lead::v1::ACTIVITY_TYPE_NOTE) {
      direction = lead::v1::ACTIVITY_DIRECTION_UNSPECIFIED;  // a note has none
    } else if (type != lead::v1::ACTIVITY_TYPE_UNSPECIFIED && none) {
      values_.Refuse("direction", absl::StrCat("is required for ", NameOf(type)));
    }
    activity.set_type(type);
    activity.set_direction(direction);
    if (const auto time = values_.Date("occurred")) {
      rpc::SetTime(*time, activity.mutable_occur_time());
    }
    activity.set_summary(values_.Text("summary"));
  }

  static std::string NameOf(lead::v1::ActivityType type) {
    return std::string(absl::StripPrefix(lead::v1::ActivityType_Name(type), "ACTIVITY_TYPE_"));
  }

  void Assessment() {
    lead::v1::Assessment& assessment = record_.assessment;
    lead::v1::Criterion criterion = lead::v1::CRITERION_UNSPECIFIED;
    ReadWord(&values_, "criterion", "CRITERION_", lead::v1::Criterion_Parse, &criterion);
    lead::v1::Finding finding = lead::v1::FINDING_UNSPECIFIED;
    ReadWord(&values_, "finding", "FINDING_", lead::v1::Finding_Parse, &finding);
    lead::v1::EvidenceSource source = lead::v1::EVIDENCE_SOURCE_IMPORT;
    ReadWord(&values_, "source", "EVIDENCE_SOURCE_", lead::v1::EvidenceSource_Parse, &source);
    assessment.set_criterion(criterion);
    assessment.set_finding(finding);
    assessment.set_source(source);
    assessment.set_observation(values_.Text("observation"));
    if (const auto time = values_.Date("observed")) {
      rpc::SetTime(*time, assessment.mutable_observe_time());
    }
    Purchase();
    Budget();
    if (!target_) return;
    const auto target = static_cast<Target>(*target_);
    if (target == Target::kDisqualified) return RefuseState("has been given up");
    if (target >= Target::kOpen) RefuseState("has become an opportunity");
  }

  void RefuseState(absl::string_view what) {
    values_.Refuse(field_, absl::StrCat(Shown(record_.reference), " ", what,
                                        " by then, and cannot be assessed any more"));
  }

  void Purchase() {
    const auto day = values_.Day("expected_purchase");
    if (!day) return;
    if (record_.assessment.criterion() != lead::v1::CRITERION_TIMEFRAME) {
      return values_.Problem("expected_purchase", "is for TIMEFRAME only");
    }
    rpc::SetDay(absl::ToCivilDay(*day, mapping_.zone),
                record_.assessment.mutable_expected_purchase_date());
  }

  void Budget() {
    lead::v1::BudgetStatus status = lead::v1::BUDGET_STATUS_UNSPECIFIED;
    ReadWord(&values_, "budget_status", "BUDGET_STATUS_", lead::v1::BudgetStatus_Parse, &status);
    const auto money = values_.Money("budget");
    const bool ability = record_.assessment.criterion() == lead::v1::CRITERION_ABILITY;
    if (!ability && status != lead::v1::BUDGET_STATUS_UNSPECIFIED) {
      values_.Problem("budget_status", "is for ABILITY only");
    }
    if (!ability && money) values_.Problem("budget", "is for ABILITY only");
    if (!ability) return;
    record_.assessment.set_budget_status(status);
    if (!money) return;
    record_.assessment.mutable_budget()->set_amount_minor(money->minor);
    record_.assessment.mutable_budget()->set_currency_code(money->currency);
  }

  const ImportIds& ids_;
  const Mapping& mapping_;
  const Known& known_;
  RowValues& values_;
  EvidenceRecord record_;
  const char* field_ = "lead";     // that says whose it is
  std::optional<int64_t> target_;  // where the lead is then
};

}  // namespace

EvidenceRecord ReadEvidence(const ImportIds& ids, const Mapping& mapping, const Known& known,
                            RowValues* values) {
  return EvidenceReader(ids, mapping, known, values).Read();
}

}  // namespace crm::crmctl

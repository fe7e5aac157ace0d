#include "services/opportunity/store/opportunity_published.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "services/opportunity/store/opportunity_fields.h"

namespace crm::opportunity {
namespace {

std::string PublishedText(const std::string& value) { return value; }
std::string PublishedText(bool value) { return value ? "true" : "false"; }
std::string PublishedText(int value) { return absl::StrCat(value); }
std::string PublishedText(int64_t value) { return absl::StrCat(value); }
std::string PublishedText(absl::Time value) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E*SZ", value, absl::UTCTimeZone());
}
std::string PublishedText(absl::CivilDay value) { return absl::FormatCivilTime(value); }
std::string PublishedText(const base::Money& value) {
  return absl::StrCat(value.currency, " ", value.minor);
}
// The text of a next step may name somebody.
std::string PublishedText(const NextStep& value) {
  if (value == NextStep()) return "";
  return value.due_date ? PublishedText(*value.due_date) : "UNDATED";
}
template <class T>
std::string PublishedText(const std::optional<T>& value) {
  return value.has_value() ? PublishedText(*value) : std::string();
}

template <auto kMember>
std::string Plain(const Opportunity& it) {
  return PublishedText(it.*kMember);
}

template <auto kMember, const auto& kNames>
std::string EnumWord(const Opportunity& it) {
  return std::string(base::NameOf(kNames, it.*kMember));
}

std::string Contact(const Opportunity& it) {
  return it.contact == base::Uuid() ? "" : absl::StrCat("contacts/", it.contact.ToString());
}
std::string Lead(const Opportunity& it) {
  return it.lead ? absl::StrCat("leads/", it.lead->ToString()) : "";
}
std::string ClonedFrom(const Opportunity& it) {
  return it.cloned_from ? OpportunityName(*it.cloned_from) : "";
}
std::string InPipeline(const Opportunity& it) {
  return it.pipeline.empty() ? "" : PipelineName(it.pipeline);
}
std::string Loss(const Opportunity& it) {
  return it.loss_reason ? std::string(base::NameOf(kLossReasonNames, *it.loss_reason)) : "";
}

std::string Source(const Opportunity& it) {
  if (it.lead_source == LeadSource::kUnspecified) return "";
  return std::string(base::NameOf(kLeadSourceNames, it.lead_source));
}

constexpr bool kBesideMoves = true;

constexpr PublishedField kPublished[] = {
    {"display_name", nullptr},
    {"contact", Contact},
    {"lead", Lead},
    {"pipeline", InPipeline},
    {"stage", Plain<&Opportunity::stage>},
    {"stage_type", EnumWord<&Opportunity::stage_type, kStageTypeNames>},
    {"stage_version", Plain<&Opportunity::stage_version>},
    {"owner", Plain<&Opportunity::owner>},
    {"amount", Plain<&Opportunity::amount>},
    {"expected_close_date", Plain<&Opportunity::expected_close_date>},
    {"probability", Plain<&Opportunity::probability>},
    {"probability_manual", Plain<&Opportunity::probability_manual>},
    {"forecast_category", EnumWord<&Opportunity::category, kForecastCategoryNames>},
    {"forecast_category_manual", Plain<&Opportunity::category_manual>},
    {"needs", nullptr},
    {"present_supplier", nullptr},
    {"payment_terms", nullptr},
    {"contract", nullptr},
    {"contact_roles", nullptr},
    {"interests", nullptr},
    {"loss_reason", Loss},
    {"loss_note", nullptr},
    {"open_time", Plain<&Opportunity::open_time>},
    {"close_time", Plain<&Opportunity::close_time>},
    {"stage_enter_time", Plain<&Opportunity::stage_enter_time>},
    {"external_id", nullptr},
    {"line_items", nullptr},
    {"competitors", nullptr},
    {"next_step", Plain<&Opportunity::next_step>, kBesideMoves},
    {"team", nullptr},
    {"attributes", nullptr},
    {"delete_time", Plain<&Opportunity::delete_time>, kBesideMoves},
    {"cloned_from", ClonedFrom, kBesideMoves},
    {"lead_source", Source, kBesideMoves},
};

std::vector<stage::FieldChange> FieldChanges(const Opportunity& before, const Opportunity& after) {
  const bool moved = after.stage_version != before.stage_version;
  const aggregate::Fields<Opportunity> stored = OpportunityFieldTable();
  std::vector<stage::FieldChange> changes;
  for (size_t i = 0; i < std::size(kPublished); ++i) {
    const PublishedField& field = kPublished[i];
    if ((moved && !field.beside_moves) || stored[i].same(before, after)) continue;
    stage::FieldChange& change = changes.emplace_back();
    change.field = field.name;
    if (field.text == nullptr) continue;
    change.before = field.text(before);
    change.after = field.text(after);
  }
  return changes;
}

}  // namespace

absl::Span<const PublishedField> PublishedFields() { return kPublished; }

std::optional<stage::RecordChange> PublishedChange(const Opportunity& before,
                                                   const Opportunity& after,
                                                   const aggregate::Revision& revision) {
  std::vector<stage::FieldChange> fields = FieldChanges(before, after);
  if (fields.empty()) return std::nullopt;
  stage::RecordChange change;
  change.tenant = after.tenant;
  change.kind = "opportunity";
  change.id = after.id;
  change.stage_version = after.stage_version;
  change.revision = revision.revision;
  change.recorded = revision.record_time;
  change.actor = revision.author.actor;
  change.method = revision.author.method;
  change.contact = Contact(after);
  change.lead = Lead(after);
  change.opportunity = NameOf(after);
  change.correlation_id = change.lead.empty() ? change.opportunity : change.lead;
  if (revision.request_id) change.request_id = revision.request_id->ToString();
  change.causation_id = change.request_id;
  if (after.stage_version != before.stage_version) {
    change.move = after.stage_changes.back().event_id;
  }
  change.fields = std::move(fields);
  return change;
}

}  // namespace crm::opportunity

#include "services/lead/domain/conversion_preview.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "common/error/refusals.h"
#include "services/lead/domain/lead_conversion.h"
#include "services/lead/domain/opportunity_order.h"

namespace crm::lead {
namespace {

std::vector<ConversionObstacle> ObstaclesOf(const absl::Status& start, const Lead& lead,
                                            const ConversionFacts& facts,
                                            const ConversionPlan& plan,
                                            const std::string& pipeline) {
  std::vector<ConversionObstacle> obstacles;
  if (!start.ok()) obstacles.push_back({error::ReasonOf(start), std::string(start.message())});
  if (facts.contact_version.empty()) {
    obstacles.push_back(
        {error::kReferenceNotFound,
         absl::StrCat("contacts/", lead.contact.ToString(), " does not exist or is deleted.")});
  }
  if (const absl::Status employer = CheckEmployer(lead, facts, plan); !employer.ok()) {
    obstacles.push_back({error::ReasonOf(employer), std::string(employer.message())});
  }
  if (facts.attachment.has_value()) {
    const absl::Status& refusal = facts.attachment->refusal;
    if (!refusal.ok()) {
      obstacles.push_back({error::ReasonOf(refusal), std::string(refusal.message())});
    }
    return obstacles;
  }
  if (facts.pipeline_etag.empty()) {
    obstacles.push_back({error::kReferenceNotFound, absl::StrCat(pipeline, " does not exist.")});
  } else if (facts.pipeline_archived) {
    obstacles.push_back({error::kStateInvalid, absl::StrCat(pipeline, " is archived.")});
  }
  return obstacles;
}

std::vector<PlannedField> FieldsOf(const OpportunityOrder& order, const ConversionPlan& plan) {
  std::vector<PlannedField> fields;
  const auto add = [&fields](const char* field, std::string value, FieldOrigin origin) {
    if (!value.empty()) fields.push_back({field, std::move(value), origin});
  };
  const std::string contact = absl::StrCat("contacts/", order.contact.ToString());
  add("display_name", plan.display_name, FieldOrigin::kRequest);
  add("contact", contact, FieldOrigin::kLead);
  add("lead", LeadName(order.lead), FieldOrigin::kLead);
  add("pipeline", plan.pipeline.empty() ? kDefaultPipeline : plan.pipeline,
      plan.pipeline.empty() ? FieldOrigin::kDefault : FieldOrigin::kRequest);
  add("owner", order.plan.owner, plan.owner.empty() ? FieldOrigin::kLead : FieldOrigin::kRequest);
  if (plan.amount.has_value()) {
    add("amount", absl::StrCat(plan.amount->minor, " ", plan.amount->currency),
        FieldOrigin::kRequest);
  }
  if (plan.expected_close_date.has_value()) {
    add("expected_close_date", absl::FormatCivilTime(*plan.expected_close_date),
        FieldOrigin::kRequest);
  }
  add("contact_roles",
      absl::StrCat(contact, " ", NameOf(kBuyingRoleNames, order.buying_role), " primary"),
      FieldOrigin::kLead);
  if (order.source != LeadSource::kUnspecified) {
    add("lead_source", std::string(NameOf(kLeadSourceNames, order.source)), FieldOrigin::kLead);
  }
  for (const std::string& interest : order.interests)
    add("interests", interest, FieldOrigin::kLead);
  for (const std::string& need : order.needs) add("needs", need, FieldOrigin::kLead);
  for (const auto& [key, value] : order.attributes) {
    add("attributes", absl::StrCat(key, " = ", value), FieldOrigin::kLead);
  }
  add("external_id", order.external_id, FieldOrigin::kLead);
  return fields;
}

// Of an opportunity to attach to, which is told what the request and the lead offer as one.
std::vector<PlannedField> FieldsOf(const AttachmentOutlook& attachment,
                                   const ConversionPlan& plan) {
  std::vector<PlannedField> fields = attachment.fields;
  for (PlannedField& field : fields) {
    const bool asked = field.field == "amount" || field.field == "expected_close_date" ||
                       (field.field == "owner" && !plan.owner.empty());
    if (asked && field.origin == FieldOrigin::kLead) field.origin = FieldOrigin::kRequest;
  }
  return fields;
}

}  // namespace

absl::Status PlanMoved(absl::string_view moved) {
  return error::Error(absl::StatusCode::kAborted, "PLAN_MOVED",
                      "What the plan rests on has changed since; preview the conversion again.")
      .With("moved", moved);
}

absl::Status CheckEmployer(const Lead& lead, const ConversionFacts& facts,
                           const ConversionPlan& plan) {
  if (!plan.employer.has_value()) return absl::OkStatus();
  const std::string contact = absl::StrCat("contacts/", lead.contact.ToString());
  if (facts.organization == contact) {
    return error::StateInvalid(contact, "ORGANIZATION",
                               "The lead's contact is an organization and works in none.");
  }
  if (!facts.employer.missing) return absl::OkStatus();
  return error::ReferenceNotFound(
      "organization",
      absl::StrCat("contacts/", plan.employer->organization.value_or(base::Uuid()).ToString()));
}

Lead PlannedLead(const Lead& lead, const ConversionPlan& plan, const Occasion& occasion) {
  Lead planned = lead;
  planned.conversion.emplace();
  planned.conversion->plan = plan;
  planned.conversion->opportunity = OpportunityIdOf(planned.conversion->id, plan);
  planned.conversion->actor = occasion.actor;
  planned.conversion->traceparent = occasion.traceparent;
  return planned;
}

ConversionPreview PreviewOf(const Lead& lead, const ConversionPlan& plan,
                            const ConversionFacts& facts, const Occasion& occasion) {
  const Lead planned = PlannedLead(lead, plan, occasion);
  Lead tried = lead;
  const absl::Status start = StartConversion(tried, *planned.conversion, "", occasion);
  const std::string pipeline = plan.pipeline.empty() ? kDefaultPipeline : plan.pipeline;
  return {ObstaclesOf(start, lead, facts, plan, pipeline), facts.attachment.has_value()
                                                               ? FieldsOf(*facts.attachment, plan)
                                                               : FieldsOf(OrderFor(planned), plan)};
}

}  // namespace crm::lead

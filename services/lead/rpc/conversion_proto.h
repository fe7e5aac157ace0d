#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crm/lead/v1/conversion_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "services/lead/domain/conversion_preview.h"
#include "services/lead/store/conversion_reads.h"

// Conversions ⇄ messages.
namespace crm::lead {

void ToProto(const ConversionRecord& record, v1::Conversion& message);

void ToProto(const ConversionPreview& preview, v1::PreviewConversionResponse& message);

// The call that a preview is of.
v1::ConvertLeadRequest RequestPreviewed(const v1::PreviewConversionRequest& request);

// What a plan rests on: etags of the lead and of the pipeline or the opportunity to attach to, and
// the version of the contact.
struct PlanMarks {
  std::string lead;
  std::string contact;
  std::string target;
};
PlanMarks MarksOf(const Lead& lead, const ConversionFacts& facts);

// The token of a plan for `request`, and what it says; it guards against mistakes, not against
// forgery. INVALID_ARGUMENT FIELD_INVALID (plan_token) if the request's is none for its arguments.
std::string PlanTokenOf(absl::string_view tenant, const v1::ConvertLeadRequest& request,
                        const PlanMarks& marks);
absl::StatusOr<PlanMarks> MarksIn(absl::string_view tenant, const v1::ConvertLeadRequest& request);

// Nothing if it is unspecified.
std::optional<ConversionState> FromProto(v1::ConversionState state);

}  // namespace crm::lead

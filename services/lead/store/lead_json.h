#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/aggregate/stored_json.h"
#include "services/lead/domain/lead.h"

// The json columns of a lead. Writing gives compact text; the readers give nothing for what the
// writers cannot have made.
namespace crm::lead {

std::string InterestsToJson(const std::vector<std::string>& interests);
std::optional<std::vector<std::string>> InterestsFromJson(absl::string_view json);

// Parts, one by one. FromJson throws, as aggregate::ReadJson allows, on what ToJson cannot have
// made.
aggregate::Json ToJson(const Assessment& assessment);
aggregate::Json ToJson(const NextStep& step);
aggregate::Json ToJson(const Standing& standing);
void FromJson(const aggregate::Json& json, Assessment& assessment);
void FromJson(const aggregate::Json& json, NextStep& step);
void FromJson(const aggregate::Json& json, Standing& standing);

std::string AssessmentsToJson(const std::vector<Assessment>& assessments);
std::optional<std::vector<Assessment>> AssessmentsFromJson(absl::string_view json);

// nullopt is SQL NULL.
std::optional<std::string> VerdictToJson(const std::optional<Verdict>& verdict);
std::optional<Verdict> VerdictFromJson(absl::string_view json);

// All that is fixed when a conversion begins: without state and refusal, which have columns of
// their own, and without the ids that follow from tenant and request id.
std::optional<std::string> ConversionToJson(const std::optional<Conversion>& conversion);
std::optional<Conversion> ConversionFromJson(absl::string_view json, absl::string_view tenant);

aggregate::Json ToJson(const Assignment& assignment);
void FromJson(const aggregate::Json& json, Assignment& assignment);
// nullopt is SQL NULL.
std::optional<std::string> AssignmentToJson(const std::optional<Assignment>& assignment);
std::optional<Assignment> AssignmentFromJson(absl::string_view json);

}  // namespace crm::lead

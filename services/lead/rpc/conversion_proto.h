#pragma once

#include <optional>

#include "crm/lead/v1/conversion.pb.h"
#include "services/lead/store/conversion_reads.h"

// Conversions ⇄ messages.
namespace crm::lead {

void ToProto(const ConversionRecord& record, v1::Conversion& message);

// Nothing if it is unspecified.
std::optional<ConversionState> FromProto(v1::ConversionState state);

}  // namespace crm::lead

#pragma once

#include "common/base/enum_names.h"

namespace crm::base {

// Where a lead, and the sale that it becomes, comes from. Numbered as crm.type.v1.LeadSource.
enum class LeadSource {
  kUnspecified,
  kWeb,
  kReferral,
  kEvent,
  kAdvert,
  kOutbound,
  kPartner,
  kImport,
  kOther
};

inline constexpr EnumName<LeadSource> kLeadSourceNames[] = {
    {LeadSource::kUnspecified, "UNSPECIFIED"},
    {LeadSource::kWeb, "WEB"},
    {LeadSource::kReferral, "REFERRAL"},
    {LeadSource::kEvent, "EVENT"},
    {LeadSource::kAdvert, "ADVERT"},
    {LeadSource::kOutbound, "OUTBOUND"},
    {LeadSource::kPartner, "PARTNER"},
    {LeadSource::kImport, "IMPORT"},
    {LeadSource::kOther, "OTHER"}};

}  // namespace crm::base

#pragma once

#include <optional>
#include <string>

#include "clients/crmctl/import/mapping.h"
#include "clients/crmctl/import/records.h"
#include "crm/contact/v1/account_service.pb.h"
#include "crm/contact/v1/contact_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"

namespace crm::crmctl {

// What a newer export changes of a thing that is there: the mapped fields that differ, with their
// mask and the thing's etag; nothing when none do, or when the thing is known from a newer export.
// Fields that the mapping does not name stay as they are, and addresses and numbers are added,
// never taken away. The request id is left to the caller.
std::optional<contact::v1::UpdateContactRequest> ChangesOf(const FileMapping& mapping,
                                                           const ContactRecord& record,
                                                           const contact::v1::Contact& now);
std::optional<lead::v1::UpdateLeadRequest> ChangesOf(const FileMapping& mapping,
                                                     const DealRecord& deal,
                                                     const lead::v1::Lead& now);
// `warning` says what cannot be changed any more.
std::optional<opportunity::v1::UpdateOpportunityRequest> ChangesOf(
    const FileMapping& mapping, const DealRecord& deal, const opportunity::v1::Opportunity& now,
    std::string* warning);

// An activity is its author's to change for a day, so that this may be refused. The name of the
// lead is left to the caller too.
std::optional<lead::v1::UpdateActivityRequest> ChangesOf(const FileMapping& mapping,
                                                         const EvidenceRecord& row,
                                                         const lead::v1::Activity& now);
// Whether the row says something else than the assessment that is there.
bool Differs(const FileMapping& mapping, const EvidenceRecord& row,
             const lead::v1::Assessment& now);
// Members are added, never taken away.
std::optional<contact::v1::UpdateAccountRequest> ChangesOf(const FileMapping& mapping,
                                                           const AccountRecord& row,
                                                           const contact::v1::Account& now);

// Whether a thing with attributes `now` is known from a newer export than the row with `row`.
template <class Now, class Row>
bool IsOlder(const Row& row, const Now& now) {
  const auto known = now.find(kAsOfAttribute);
  const auto mine = row.find(kAsOfAttribute);
  return known != now.end() && mine != row.end() && mine->second < known->second;
}

}  // namespace crm::crmctl

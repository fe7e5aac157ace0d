#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "clients/crmctl/import/records.h"
#include "crm/contact/v1/contact_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"

namespace crm::crmctl {

// The calls that bring a deal to where it belongs, in this order.
enum class Step { kContact, kLead, kQualify, kConvert, kWin, kLose, kDone };
const char* NameOf(Step step);

// What is there of a deal.
struct DealState {
  bool contact = false;  // meaningful only while there is no lead
  lead::v1::LeadState lead = lead::v1::LEAD_STATE_UNSPECIFIED;  // unspecified: none
  std::string opportunity;                                      // name; set once converted
  opportunity::v1::StageType stage_type = opportunity::v1::STAGE_TYPE_UNSPECIFIED;  // or not known
};

// What to do next. A thing that is where the deal belongs, or beyond, is left alone: people may
// have worked with it since. Errors: FAILED_PRECONDITION when it went another way (disqualified;
// lost where it should be won).
absl::StatusOr<Step> NextStep(const DealRecord& deal, const DealState& state);

// All steps of a deal of which nothing is there.
std::vector<Step> StepsOf(const DealRecord& deal);

// The requests. They hold nothing that differs from run to run, so that the same request id always
// carries the same request.
class DealRequests {
 public:
  // Both must outlive it.
  DealRequests(const Mapping& mapping, const ImportIds& ids) : mapping_(mapping), ids_(ids) {}

  contact::v1::CreateContactRequest Contact(const ContactRecord& record, Entity entity) const;
  contact::v1::CreateContactRequest OwnContact(const DealRecord& deal) const;
  lead::v1::CreateLeadRequest Lead(const DealRecord& deal) const;
  lead::v1::QualifyLeadRequest Qualify(const DealRecord& deal) const;
  lead::v1::ConvertLeadRequest Convert(const DealRecord& deal) const;
  opportunity::v1::WinOpportunityRequest Win(const DealRecord& deal,
                                             const std::string& opportunity) const;
  opportunity::v1::LoseOpportunityRequest Lose(const DealRecord& deal,
                                               const std::string& opportunity) const;

 private:
  std::string Id(const DealRecord& deal, Step step) const;

  const Mapping& mapping_;
  const ImportIds& ids_;
};

}  // namespace crm::crmctl

#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clients/crmctl/import/import_ids.h"
#include "clients/crmctl/import/mapping.h"
#include "crm/contact/v1/account.pb.h"
#include "crm/contact/v1/contact.pb.h"
#include "crm/lead/v1/activity.pb.h"
#include "crm/lead/v1/assessment.pb.h"
#include "crm/lead/v1/lead.pb.h"
#include "crm/opportunity/v1/opportunity.pb.h"
#include "crm/type/v1/money.pb.h"

namespace crm::crmctl {

// The attribute that says how new the export is that a thing is known from.
constexpr char kAsOfAttribute[] = "imported_as_of";
// As such attributes have it: texts in the order of times.
std::string AsOfText(absl::Time time);

// A row that is an organization or a person, checked and ready to be created.
struct ContactRecord {
  std::string key;
  base::Uuid id;
  contact::v1::Contact contact;  // complete, with its references
  std::optional<absl::Time> effective;
  std::string reference;  // key of the parent or organization; empty for none
  base::Uuid reference_id;
};

// An opportunity enters a stage; without a time at the time of the call.
struct StageMove {
  std::string stage;
  std::optional<absl::Time> time;
};

// A row that is a deal, a lead or an opportunity, checked.
struct DealRecord {
  Entity entity = Entity::kDeal;
  std::string key;
  std::string external_id;
  base::Uuid lead_id;         // not of an opportunity
  base::Uuid opportunity_id;  // of an opportunity only; a lead's is made by its conversion
  base::Uuid contact_id;
  // Of the contact that the deal needs; the reference is empty for a contact of its own.
  std::string reference;
  std::string contact_name;
  std::vector<std::string> contact_emails, contact_phones;
  bool email_dropped = false;  // another contact has it
  std::string owner;
  std::vector<std::string> interests;
  std::string title;
  std::string source_detail;
  type::v1::LeadSource source = type::v1::LEAD_SOURCE_IMPORT;
  type::v1::BuyingRole buying_role = type::v1::BUYING_ROLE_UNSPECIFIED;
  lead::v1::DisqualifyReason disqualify_reason = lead::v1::DISQUALIFY_REASON_OTHER;
  std::string disqualify_note;
  opportunity::v1::LossReason loss_reason = opportunity::v1::LOSS_REASON_OTHER;
  std::string loss_note;
  Target target = Target::kWorking;
  bool given_up_later = false;   // by another part of the mapping over the same file
  std::vector<StageMove> moves;  // in the order of time
  std::optional<absl::Time> opened;
  std::optional<absl::Time> closed;
  std::optional<absl::CivilDay> expected_close;
  std::optional<type::v1::Money> amount;
  std::optional<int32_t> probability;
  opportunity::v1::ForecastCategory forecast_category =
      opportunity::v1::FORECAST_CATEGORY_UNSPECIFIED;
  std::map<std::string, std::string> attributes;
};

// A row that is an activity or an assessment of a lead, checked.
struct EvidenceRecord {
  Entity entity = Entity::kActivity;
  std::string key;
  std::string reference;  // key of the lead or deal
  base::Uuid lead_id;
  lead::v1::Activity activity;      // of the two the one that the entity says, without an id
  lead::v1::Assessment assessment;  // without a time: when it is recorded
};

// A row that says something of a customer's account, checked.
struct AccountRecord {
  std::string key;
  std::string reference;  // key of the customer
  base::Uuid customer_id;
  int64_t sales = 0;  // of the customer's in the files before
  std::string owner;
  std::vector<contact::v1::AccountMember> members;
  contact::v1::AccountStatus status = contact::v1::ACCOUNT_STATUS_UNSPECIFIED;  // not told
  std::optional<absl::Time> closed;
  contact::v1::AccountCloseReason close_reason = contact::v1::ACCOUNT_CLOSE_REASON_OTHER;
  std::string close_note;
  std::map<std::string, std::string> attributes;
};

// The attribute that has an account's key in the other system.
constexpr char kExternalIdAttribute[] = "external_id";

// The id of a contact by the file's kind and the row's key.
base::Uuid ContactIdOf(const ImportIds& ids, Entity entity, absl::string_view key);

}  // namespace crm::crmctl

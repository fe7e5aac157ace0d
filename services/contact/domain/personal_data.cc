#include "services/contact/domain/personal_data.h"

namespace crm::contact {
namespace {

using base::Emptied;

constexpr base::PersonalTable kTables[] = {{"contact", "id", true}, {"account", "id", true}};

// clang-format off: a row a line
constexpr base::PersonalColumn kColumns[] = {
    {"contact", "display_name", Emptied::kName}, {"contact", "given_name", Emptied::kText},
    {"contact", "family_name", Emptied::kText},  {"contact", "organization", Emptied::kNull},
    {"contact", "job_title", Emptied::kText},    {"contact", "domain", Emptied::kText},
    {"contact", "industry", Emptied::kText},     {"contact", "location", Emptied::kText},
    {"contact", "emails", Emptied::kList},       {"contact", "phones", Emptied::kList},
    {"contact", "external_id", Emptied::kText},  {"contact", "employments", Emptied::kList},
    {"contact", "attributes", Emptied::kMap},    {"account", "display_name", Emptied::kName},
    {"account", "attributes", Emptied::kMap},    {"account", "close_note", Emptied::kText},
};
// clang-format on

// What stays of an organization are its figures.
constexpr const char* kOrganizationTexts[] = {"domain", "industry", "location"};

constexpr base::PersonalField kFields[] = {
    {"display_name"},
    {"person", {}, ""},  // in revisions of before employments
    {"person.given_name", {}, "contact"},
    {"person.family_name", {}, "contact"},
    {"employments", {}, "contact"},
    {"attributes"},
    {"close_note", {}, "account"},
    {"organization", kOrganizationTexts, "contact"},
    {"emails", {}, "contact"},
    {"phones", {}, "contact"},
    {"external_id", {}, "contact"},
};

constexpr base::PersonalData kData = {kTables, kColumns, kFields};

// Codes, actors and figures. The rows of contact_former_key, contact_key, contact_merge,
// contact_term and contact_search are deleted, not emptied.
constexpr const char* kImpersonal[] = {
    "account.close_reason",
    "account.member_roles",
    "account.owner",
    "account.status",
    "account.win_sums",
    "account_win.currency",
    "contact.kind",
    "contact.owner",
    "contact.revenue_currency",
    "contact.stage",
    "contact_engagement.kind",
    "contact_engagement.state",
    "contact_erasure.actor",
    "contact_erasure.reason",
    "contact_erasure_part.erased",
    "contact_erasure_part.service",
    "contact_former_key.kind",
    "contact_former_key.value",
    "contact_key.kind",
    "contact_key.value",
    "contact_merge.taken",
    "contact_search.terms",
    "contact_term.term",
};

}  // namespace

const base::PersonalData& PersonalDataOfContacts() { return kData; }
base::ImpersonalColumns ImpersonalColumnsOfContacts() { return kImpersonal; }

}  // namespace crm::contact

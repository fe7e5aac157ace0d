#include "clients/crmctl/import/changes.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

using google::protobuf::util::MessageDifferencer;

bool Maps(const FileMapping& mapping, const char* field) { return mapping.fields.contains(field); }

// Collects a request's changed fields.
template <class Request>
class Changes {
 public:
  void Name(const char* path) { request_.mutable_update_mask()->add_paths(path); }
  // A text of the thing, `to` from now on, if the file maps it and says another one than `now`.
  void Text(bool mapped, const char* path, const std::string& wanted,
            const google::protobuf::Message& now, google::protobuf::Message* to) {
    const auto* const reflection = now.GetReflection();
    const auto* const field = now.GetDescriptor()->FindFieldByName(path);
    if (!mapped || reflection->GetString(now, field) == wanted) return;
    reflection->SetString(to, field, wanted);
    Name(path);
  }
  Request& request() { return request_; }
  std::optional<Request> Take() {
    if (request_.update_mask().paths().empty()) return std::nullopt;
    return std::move(request_);
  }

 private:
  Request request_;
};

// The attributes as they should be; what the mapping names and the row has not goes away.
template <class Map, class Row>
std::map<std::string, std::string> Attributes(const FileMapping& mapping, const Row& row,
                                              const Map& now) {
  std::map<std::string, std::string> wanted(now.begin(), now.end());
  for (const auto& [name, source] : mapping.fields) {
    if (absl::StartsWith(name, kAttributePrefix))
      wanted.erase(name.substr(kAttributePrefix.size()));
  }
  for (const auto& [key, value] : row) wanted[key] = value;
  return wanted;
}

template <class Map, class Row>
bool SetAttributes(const FileMapping& mapping, const Row& row, const Map& now, Map* target) {
  const std::map<std::string, std::string> wanted = Attributes(mapping, row, now);
  if (wanted == std::map<std::string, std::string>(now.begin(), now.end())) return false;
  target->insert(wanted.begin(), wanted.end());
  return true;
}

template <class Repeated>
bool SameTexts(const std::vector<std::string>& texts, const Repeated& now) {
  return std::equal(texts.begin(), texts.end(), now.begin(), now.end());
}

// Adds what is missing to `target`, which begins as what is there. `text` reads an element's.
template <class Repeated, class Text>
bool AddMissing(const Repeated& wanted, const Repeated& now, Repeated* target, Text text) {
  *target = now;
  bool added = false;
  for (const auto& each : wanted) {
    const bool there = std::any_of(now.begin(), now.end(), [&](const auto& other) {
      return absl::EqualsIgnoreCase(text(other), text(each));
    });
    if (there) continue;
    *target->Add() = each;
    added = true;
  }
  return added;
}

bool MergeOrganization(const FileMapping& mapping, const contact::v1::Organization& row,
                       contact::v1::Organization* target) {
  const contact::v1::Organization before = *target;
  if (Maps(mapping, "domain")) target->set_domain(row.domain());
  if (Maps(mapping, "industry")) target->set_industry(row.industry());
  if (Maps(mapping, "location")) target->set_location(row.location());
  if (row.has_employee_count()) target->set_employee_count(row.employee_count());
  if (row.has_founded_year()) target->set_founded_year(row.founded_year());
  if (row.has_annual_revenue()) *target->mutable_annual_revenue() = row.annual_revenue();
  if (Maps(mapping, "parent")) target->set_parent_organization(row.parent_organization());
  return !MessageDifferencer::Equals(before, *target);
}

}  // namespace

std::optional<contact::v1::UpdateContactRequest> ChangesOf(const FileMapping& mapping,
                                                           const ContactRecord& record,
                                                           const contact::v1::Contact& now) {
  const contact::v1::Contact& row = record.contact;
  if (IsOlder(row.attributes(), now.attributes())) return std::nullopt;
  Changes<contact::v1::UpdateContactRequest> changes;
  contact::v1::Contact& to = *changes.request().mutable_contact();
  to.set_name(now.name());
  to.set_etag(now.etag());
  changes.Text(Maps(mapping, "display_name") && !row.display_name().empty(), "display_name",
               row.display_name(), now, &to);
  changes.Text(Maps(mapping, "owner"), "owner", row.owner(), now, &to);
  if (AddMissing(row.emails(), now.emails(), to.mutable_emails(),
                 [](const auto& each) { return each.address(); })) {
    changes.Name("emails");
  }
  if (AddMissing(row.phones(), now.phones(), to.mutable_phones(),
                 [](const auto& each) { return each.number(); })) {
    changes.Name("phones");
  }
  if (row.has_organization()) {
    *to.mutable_organization() = now.organization();
    if (MergeOrganization(mapping, row.organization(), to.mutable_organization())) {
      changes.Name("organization");
    }
  } else {
    *to.mutable_person() = now.person();
    if (Maps(mapping, "given_name")) to.mutable_person()->set_given_name(row.person().given_name());
    if (Maps(mapping, "family_name")) {
      to.mutable_person()->set_family_name(row.person().family_name());
    }
    if (!MessageDifferencer::Equals(to.person(), now.person())) changes.Name("person");
    if (AddMissing(row.employments(), now.employments(), to.mutable_employments(),
                   [](const auto& each) { return each.organization(); })) {
      changes.Name("employments");
    }
  }
  if (SetAttributes(mapping, row.attributes(), now.attributes(), to.mutable_attributes())) {
    changes.Name("attributes");
  }
  return changes.Take();
}

std::optional<lead::v1::UpdateLeadRequest> ChangesOf(const FileMapping& mapping,
                                                     const DealRecord& deal,
                                                     const lead::v1::Lead& now) {
  if (IsOlder(deal.attributes, now.attributes())) return std::nullopt;
  Changes<lead::v1::UpdateLeadRequest> changes;
  lead::v1::Lead& to = *changes.request().mutable_lead();
  to.set_name(now.name());
  to.set_etag(now.etag());
  changes.Text(Maps(mapping, "owner"), "owner", deal.owner, now, &to);
  if (Maps(mapping, "source") && deal.source != now.source()) {
    to.set_source(deal.source);
    changes.Name("source");
  }
  changes.Text(Maps(mapping, "source_detail"), "source_detail", deal.source_detail, now, &to);
  if (Maps(mapping, "buying_role") && deal.buying_role != now.buying_role()) {
    to.set_buying_role(deal.buying_role);
    changes.Name("buying_role");
  }
  if (Maps(mapping, "interest") && !SameTexts(deal.interests, now.interests())) {
    for (const std::string& each : deal.interests) to.add_interests(each);
    changes.Name("interests");
  }
  if (SetAttributes(mapping, deal.attributes, now.attributes(), to.mutable_attributes())) {
    changes.Name("attributes");
  }
  return changes.Take();
}

namespace {

using OpportunityChanges = Changes<opportunity::v1::UpdateOpportunityRequest>;

void ChangeAmount(const DealRecord& deal, const opportunity::v1::Opportunity& now,
                  OpportunityChanges* changes, std::string* warning) {
  const type::v1::Money wanted = deal.amount.value_or(type::v1::Money());
  if (MessageDifferencer::Equals(wanted, now.amount())) return;
  if (now.stage_type() == opportunity::v1::STAGE_TYPE_WON) {
    *warning = "amount: that of a won opportunity changes only after it is reopened; left as it is";
    return;
  }
  if (deal.amount) *changes->request().mutable_opportunity()->mutable_amount() = *deal.amount;
  changes->Name("amount");
}

// What only an open one has.
void ChangeOutlook(const FileMapping& mapping, const DealRecord& deal,
                   const opportunity::v1::Opportunity& now, OpportunityChanges* changes) {
  opportunity::v1::Opportunity& to = *changes->request().mutable_opportunity();
  type::v1::Date expected;
  if (deal.expected_close) rpc::SetDay(*deal.expected_close, &expected);
  const bool mapped = Maps(mapping, "expected_close") || Maps(mapping, "close_date") ||
                      (Maps(mapping, "closed") && deal.expected_close);
  if (mapped && !MessageDifferencer::Equals(expected, now.expected_close_date())) {
    if (deal.expected_close) *to.mutable_expected_close_date() = expected;
    changes->Name("expected_close_date");
  }
  if (deal.probability && *deal.probability != now.probability()) {
    to.set_probability(*deal.probability);
    changes->Name("probability");
  }
  if (deal.forecast_category != opportunity::v1::FORECAST_CATEGORY_UNSPECIFIED &&
      deal.forecast_category != now.forecast_category()) {
    to.set_forecast_category(deal.forecast_category);
    changes->Name("forecast_category");
  }
}

}  // namespace

std::optional<opportunity::v1::UpdateOpportunityRequest> ChangesOf(
    const FileMapping& mapping, const DealRecord& deal, const opportunity::v1::Opportunity& now,
    std::string* warning) {
  if (IsOlder(deal.attributes, now.attributes())) return std::nullopt;
  OpportunityChanges changes;
  opportunity::v1::Opportunity& to = *changes.request().mutable_opportunity();
  to.set_name(now.name());
  to.set_etag(now.etag());
  changes.Text(Maps(mapping, "title"), "display_name", deal.title, now, &to);
  changes.Text(Maps(mapping, "owner"), "owner", deal.owner, now, &to);
  if (Maps(mapping, "amount")) ChangeAmount(deal, now, &changes, warning);
  if (now.stage_type() == opportunity::v1::STAGE_TYPE_OPEN && deal.target == Target::kOpen) {
    ChangeOutlook(mapping, deal, now, &changes);
  }
  if (Maps(mapping, "source") && deal.source != now.lead_source()) {
    to.set_lead_source(deal.source);
    changes.Name("lead_source");
  }
  if (Maps(mapping, "interest") && !SameTexts(deal.interests, now.interests())) {
    for (const std::string& each : deal.interests) to.add_interests(each);
    changes.Name("interests");
  }
  if (SetAttributes(mapping, deal.attributes, now.attributes(), to.mutable_attributes())) {
    changes.Name("attributes");
  }
  return changes.Take();
}

std::optional<lead::v1::UpdateActivityRequest> ChangesOf(const FileMapping& mapping,
                                                         const EvidenceRecord& row,
                                                         const lead::v1::Activity& now) {
  Changes<lead::v1::UpdateActivityRequest> changes;
  lead::v1::Activity& to = *changes.request().mutable_activity();
  to.set_id(now.id());
  if (row.activity.type() != now.type()) {
    to.set_type(row.activity.type());
    changes.Name("type");
  }
  if (row.activity.direction() != now.direction()) {
    to.set_direction(row.activity.direction());
    changes.Name("direction");
  }
  if (!MessageDifferencer::Equals(row.activity.occur_time(), now.occur_time())) {
    *to.mutable_occur_time() = row.activity.occur_time();
    changes.Name("occur_time");
  }
  changes.Text(Maps(mapping, "summary"), "summary", row.activity.summary(), now, &to);
  return changes.Take();
}

bool Differs(const FileMapping& mapping, const EvidenceRecord& row,
             const lead::v1::Assessment& now) {
  lead::v1::Assessment known = now;
  known.clear_id();
  known.clear_assessor();
  known.clear_record_time();
  lead::v1::Assessment told = row.assessment;
  if (!told.has_observe_time()) known.clear_observe_time();
  if (!Maps(mapping, "observation")) told.set_observation(known.observation());
  if (!Maps(mapping, "source")) told.set_source(known.source());
  return !MessageDifferencer::Equals(told, known);
}

std::optional<contact::v1::UpdateAccountRequest> ChangesOf(const FileMapping& mapping,
                                                           const AccountRecord& row,
                                                           const contact::v1::Account& now) {
  if (IsOlder(row.attributes, now.attributes())) return std::nullopt;
  Changes<contact::v1::UpdateAccountRequest> changes;
  contact::v1::Account& to = *changes.request().mutable_account();
  to.set_name(now.name());
  to.set_etag(now.etag());
  changes.Text(Maps(mapping, "owner"), "owner", row.owner, now, &to);
  const google::protobuf::RepeatedPtrField<contact::v1::AccountMember> members(row.members.begin(),
                                                                               row.members.end());
  if (AddMissing(members, now.members(), to.mutable_members(),
                 [](const auto& each) { return each.contact(); })) {
    changes.Name("members");
  }
  if (SetAttributes(mapping, row.attributes, now.attributes(), to.mutable_attributes())) {
    changes.Name("attributes");
  }
  return changes.Take();
}

}  // namespace crm::crmctl

#include "services/lead/clients/grpc_planned_fields.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/rpc/proto_values.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {
namespace {

std::string RoleText(const opportunity::v1::ContactRole& role) {
  return absl::StrCat(role.contact(), " ",
                      NameOf(kBuyingRoleNames, static_cast<BuyingRole>(role.role())),
                      role.primary() ? " primary" : "");
}

// As conversion_preview.h tells the fields of a new one.
std::vector<PlannedField> TextOf(const opportunity::v1::Opportunity& message) {
  std::vector<PlannedField> fields;
  const auto add = [&fields](const char* field, std::string value) {
    if (!value.empty()) fields.push_back({field, std::move(value), FieldOrigin::kLead});
  };
  add("display_name", message.display_name());
  add("contact", message.contact());
  add("lead", message.lead());
  add("pipeline", message.pipeline());
  add("owner", message.owner());
  if (message.has_amount()) {
    add("amount",
        absl::StrCat(message.amount().amount_minor(), " ", message.amount().currency_code()));
  }
  if (message.has_expected_close_date()) {
    add("expected_close_date", absl::FormatCivilTime(rpc::DayFrom(message.expected_close_date())));
  }
  for (const auto& role : message.contact_roles()) add("contact_roles", RoleText(role));
  if (message.lead_source() != type::v1::LEAD_SOURCE_UNSPECIFIED) {
    add("lead_source",
        std::string(NameOf(kLeadSourceNames, static_cast<LeadSource>(message.lead_source()))));
  }
  for (const std::string& interest : message.interests()) add("interests", interest);
  for (const auto& need : message.needs()) add("needs", need.text());
  const std::map<std::string, std::string> attributes(message.attributes().begin(),
                                                      message.attributes().end());
  for (const auto& [key, value] : attributes) add("attributes", absl::StrCat(key, " = ", value));
  add("external_id", message.external_id());
  return fields;
}

}  // namespace

std::vector<PlannedField> PlannedFieldsOf(const opportunity::v1::Opportunity& before,
                                          const opportunity::v1::Opportunity& after) {
  const std::vector<PlannedField> had = TextOf(before);
  std::vector<PlannedField> fields = TextOf(after);
  for (PlannedField& field : fields) {
    const bool kept = std::find(had.begin(), had.end(), field) != had.end();
    if (kept) field.origin = FieldOrigin::kOpportunity;
  }
  return fields;
}

}  // namespace crm::lead

#include "services/opportunity/rpc/opportunity_field_checks.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/resource_name.h"
#include "common/rpc/time_conversion.h"

namespace crm::opportunity {
namespace {

using rpc::kOptional;
using rpc::kRequired;
using rpc::Validation;

void CheckPast(const std::string& path, bool present, const google::protobuf::Timestamp& time,
               absl::Time now, Validation& v) {
  const size_t before = v.violations().size();
  v.TimestampField(path, present, time, kOptional);
  if (present && v.violations().size() == before && rpc::TimeFrom(time) > now) {
    v.Custom(path, "must not be in the future");
  }
}

void CheckNeeds(const v1::Opportunity& message, absl::Time now, Validation& v) {
  v.Count("opportunity.needs", message.needs_size(), 50);
  for (int i = 0; i < message.needs_size(); ++i) {
    const v1::Need& need = message.needs(i);
    const std::string path = absl::StrCat("opportunity.needs[", i, "].");
    v.Text(path + "text", need.text(), {1, 4000, kRequired});
    v.Enum(path + "strength", need.strength(), v1::NeedStrength_IsValid(need.strength()),
           kOptional);
    CheckPast(path + "confirm_time", need.has_confirm_time(), need.confirm_time(), now, v);
    v.Text(path + "confirmed_by", need.confirmed_by(), {0, 128, kOptional});
  }
}

void CheckSupplier(const v1::Opportunity& message, absl::Time, Validation& v) {
  const v1::PresentSupplier& supplier = message.present_supplier();
  v.Enum("opportunity.present_supplier.status", supplier.status(),
         v1::SupplierStatus_IsValid(supplier.status()), kOptional);
  v.Text("opportunity.present_supplier.display_name", supplier.display_name(), {0, 200, kOptional});
  v.DateField("opportunity.present_supplier.release_date", supplier.has_release_date(),
              supplier.release_date(), kOptional);
}

void CheckTerms(const v1::Opportunity& message, absl::Time, Validation& v) {
  const v1::PaymentTerms& terms = message.payment_terms();
  v.Enum("opportunity.payment_terms.status", terms.status(),
         v1::PaymentTermsStatus_IsValid(terms.status()), kOptional);
  if (terms.has_net_days()) {
    v.Number("opportunity.payment_terms.net_days", terms.net_days(), 0, 3650);
  }
  if (terms.has_instalments()) {
    v.Number("opportunity.payment_terms.instalments", terms.instalments(), 1, 1000);
  }
  v.Text("opportunity.payment_terms.text", terms.text(), {0, 4000, kOptional});
}

void CheckContract(const v1::Opportunity& message, absl::Time now, Validation& v) {
  const v1::Contract& contract = message.contract();
  v.Enum("opportunity.contract.status", contract.status(),
         v1::ContractStatus_IsValid(contract.status()), kOptional);
  CheckPast("opportunity.contract.send_time", contract.has_send_time(), contract.send_time(), now,
            v);
  CheckPast("opportunity.contract.sign_time", contract.has_sign_time(), contract.sign_time(), now,
            v);
}

void CheckRoles(const v1::Opportunity& message, absl::Time, Validation& v) {
  v.Count("opportunity.contact_roles", message.contact_roles_size(), 100);
  absl::flat_hash_set<base::Uuid> seen;
  bool primary = false;
  for (int i = 0; i < message.contact_roles_size(); ++i) {
    const v1::ContactRole& role = message.contact_roles(i);
    const std::string path = absl::StrCat("opportunity.contact_roles[", i, "].");
    v.Name(path + "contact", role.contact(), "contacts", kRequired);
    v.Enum(path + "role", role.role(), type::v1::BuyingRole_IsValid(role.role()), kOptional);
    const auto contact = rpc::ParseName(role.contact(), "contacts");
    if (contact && !seen.insert(*contact).second) {
      v.Custom(path + "contact", "must not be named twice");
    }
    if (role.primary() && primary) v.Custom(path + "primary", "only one contact may be primary");
    primary |= role.primary();
  }
}

void CheckInterests(const v1::Opportunity& message, absl::Time, Validation& v) {
  v.Count("opportunity.interests", message.interests_size(), 50);
  for (int i = 0; i < message.interests_size(); ++i) {
    v.Text(absl::StrCat("opportunity.interests[", i, "]"), message.interests(i),
           {1, 200, kRequired});
  }
}

void CheckDisplayName(const v1::Opportunity& message, absl::Time, Validation& v) {
  v.Text("opportunity.display_name", message.display_name(), {1, 200, kRequired});
}

void CheckOwner(const v1::Opportunity& message, absl::Time, Validation& v) {
  v.Text("opportunity.owner", message.owner(), {0, 128, kOptional});
}

void CheckExternalId(const v1::Opportunity& message, absl::Time, Validation& v) {
  v.Text("opportunity.external_id", message.external_id(), {0, 128, kOptional});
}

void CheckAmount(const v1::Opportunity& message, absl::Time, Validation& v) {
  v.MoneyField("opportunity.amount", message.has_amount(), message.amount(), kOptional);
}

void CheckCloseDate(const v1::Opportunity& message, absl::Time, Validation& v) {
  v.DateField("opportunity.expected_close_date", message.has_expected_close_date(),
              message.expected_close_date(), kOptional);
}

void CheckProbability(const v1::Opportunity& message, absl::Time, Validation& v) {
  if (message.has_probability()) {
    v.Number("opportunity.probability", message.probability(), 0, 100);
  }
}

void CheckCategory(const v1::Opportunity& message, absl::Time, Validation& v) {
  v.Enum("opportunity.forecast_category", message.forecast_category(),
         v1::ForecastCategory_IsValid(message.forecast_category()), kOptional);
}

struct FieldRule {
  absl::string_view field;
  void (*check)(const v1::Opportunity&, absl::Time, Validation&);
};

constexpr FieldRule kRules[] = {
    {"display_name", CheckDisplayName},
    {"owner", CheckOwner},
    {"amount", CheckAmount},
    {"expected_close_date", CheckCloseDate},
    {"probability", CheckProbability},
    {"forecast_category", CheckCategory},
    {"needs", CheckNeeds},
    {"present_supplier", CheckSupplier},
    {"payment_terms", CheckTerms},
    {"contract", CheckContract},
    {"contact_roles", CheckRoles},
    {"interests", CheckInterests},
    {"external_id", CheckExternalId},
};

}  // namespace

void CheckField(absl::string_view field, const v1::Opportunity& message, absl::Time now,
                Validation& v) {
  for (const FieldRule& rule : kRules) {
    if (rule.field == field) rule.check(message, now, v);
  }
}

void CheckFields(const v1::Opportunity& message, absl::Time now, Validation& v) {
  for (const FieldRule& rule : kRules) rule.check(message, now, v);
}

}  // namespace crm::opportunity

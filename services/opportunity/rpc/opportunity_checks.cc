#include "services/opportunity/rpc/opportunity_checks.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/text.h"
#include "common/rpc/field_mask.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/record_checks.h"
#include "common/rpc/request_checks.h"
#include "common/rpc/resource_name.h"
#include "common/serving/revisions.h"
#include "services/opportunity/domain/opportunity_clone.h"
#include "services/opportunity/domain/opportunity_rules.h"
#include "services/opportunity/rpc/sales_work_checks.h"

namespace crm::opportunity {
namespace {

using rpc::kIdLimit;
using rpc::kNameLimit;
using rpc::kOptional;
using rpc::kRequired;
using rpc::kTextLimit;
using rpc::Validation;

void CheckPast(const std::string& path, bool present, const google::protobuf::Timestamp& time,
               Validation& v) {
  const size_t before = v.violations().size();
  v.TimestampField(path, present, time, kOptional);
  if (present && v.violations().size() == before && rpc::TimeFrom(time) > v.now()) {
    v.Custom(path, "must not be in the future");
  }
}

void CheckNeeds(const v1::Opportunity& message, Validation& v) {
  v.Count("opportunity.needs", message.needs_size(), 50);
  for (int i = 0; i < message.needs_size(); ++i) {
    const v1::Need& need = message.needs(i);
    const std::string path = absl::StrCat("opportunity.needs[", i, "].");
    v.Text(path + "text", need.text(), {1, kTextLimit, kRequired});
    v.Enum(path + "strength", need.strength(), v1::NeedStrength_IsValid(need.strength()),
           kOptional);
    CheckPast(path + "confirm_time", need.has_confirm_time(), need.confirm_time(), v);
    v.Text(path + "confirmed_by", need.confirmed_by(), {0, kIdLimit, kOptional});
  }
}

void CheckSupplier(const v1::Opportunity& message, Validation& v) {
  const v1::PresentSupplier& supplier = message.present_supplier();
  v.Enum("opportunity.present_supplier.status", supplier.status(),
         v1::SupplierStatus_IsValid(supplier.status()), kOptional);
  v.Text("opportunity.present_supplier.display_name", supplier.display_name(),
         {0, kNameLimit, kOptional});
  v.DateField("opportunity.present_supplier.release_date", supplier.has_release_date(),
              supplier.release_date(), kOptional);
}

void CheckTerms(const v1::Opportunity& message, Validation& v) {
  const v1::PaymentTerms& terms = message.payment_terms();
  v.Enum("opportunity.payment_terms.status", terms.status(),
         v1::PaymentTermsStatus_IsValid(terms.status()), kOptional);
  if (terms.has_net_days()) {
    v.Number("opportunity.payment_terms.net_days", terms.net_days(), 0, 3650);
  }
  if (terms.has_instalments()) {
    v.Number("opportunity.payment_terms.instalments", terms.instalments(), 1, 1000);
  }
  v.Text("opportunity.payment_terms.text", terms.text(), {0, kTextLimit, kOptional});
}

void CheckContract(const v1::Opportunity& message, Validation& v) {
  const v1::Contract& contract = message.contract();
  v.Enum("opportunity.contract.status", contract.status(),
         v1::ContractStatus_IsValid(contract.status()), kOptional);
  CheckPast("opportunity.contract.send_time", contract.has_send_time(), contract.send_time(), v);
  CheckPast("opportunity.contract.sign_time", contract.has_sign_time(), contract.sign_time(), v);
}

void CheckRoles(const v1::Opportunity& message, Validation& v) {
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

// What a field that an update may name must look like.
struct FieldRule {
  absl::string_view field;
  void (*check)(const v1::Opportunity&, Validation&);
};

constexpr FieldRule kRules[] = {
    {"display_name",
     [](auto& m, auto& v) {
       v.Text("opportunity.display_name", m.display_name(), {1, kNameLimit, kRequired});
     }},
    {"owner",
     [](auto& m, auto& v) {
       v.Text("opportunity.owner", m.owner(), {0, kIdLimit, kOptional});
     }},
    {"amount",
     [](auto& m, auto& v) {
       v.MoneyField("opportunity.amount", m.has_amount(), m.amount(), kOptional);
     }},
    {"expected_close_date",
     [](auto& m, auto& v) {
       v.DateField("opportunity.expected_close_date", m.has_expected_close_date(),
                   m.expected_close_date(), kOptional);
     }},
    {"probability",
     [](auto& m, auto& v) {
       if (m.has_probability()) v.Number("opportunity.probability", m.probability(), 0, 100);
     }},
    {"forecast_category",
     [](auto& m, auto& v) {
       v.Enum("opportunity.forecast_category", m.forecast_category(),
              v1::ForecastCategory_IsValid(m.forecast_category()), kOptional);
     }},
    {"lead_source",
     [](auto& m, auto& v) {
       v.Enum("opportunity.lead_source", m.lead_source(),
              type::v1::LeadSource_IsValid(m.lead_source()), kOptional);
     }},
    {"needs", CheckNeeds},
    {"present_supplier", CheckSupplier},
    {"payment_terms", CheckTerms},
    {"contract", CheckContract},
    {"contact_roles", CheckRoles},
    {"interests",
     [](auto& m, auto& v) { rpc::CheckInterests("opportunity.interests", m.interests(), v); }},
    {"external_id",
     [](auto& m, auto& v) {
       v.Text("opportunity.external_id", m.external_id(), {0, kIdLimit, kOptional});
     }},
    {"line_items", CheckLineItems},
    {"competitors", CheckCompetitors},
    {"next_step",
     [](auto& m, auto& v) { rpc::CheckNextStep("opportunity.next_step", m.next_step(), v); }},
    {"team", CheckTeam},
    {"attributes",
     [](auto& m, auto& v) { rpc::CheckAttributes("opportunity.attributes", m.attributes(), v); }},
};
// What a lead that is attached may fill.
constexpr absl::string_view kOffered[] = {"owner",       "amount",        "expected_close_date",
                                          "needs",       "contact_roles", "interests",
                                          "external_id", "attributes",    "lead_source"};
constexpr absl::string_view kImmutable[] = {"contact", "lead", "pipeline"};

// The fields that a client sets, from the two tables.
absl::Span<const rpc::MaskPath> Mask() {
  static const auto* const kMask = [] {
    auto* const mask = new std::vector<rpc::MaskPath>();
    for (const FieldRule& rule : kRules) mask->push_back({rule.field});
    for (const absl::string_view field : kImmutable) {
      mask->push_back({field, rpc::Mutability::kImmutable});
    }
    return mask;
  }();
  return *kMask;
}

}  // namespace

void Check(const v1::OpenOpportunityRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  v.Uuid("opportunity_id", request.opportunity_id(), kOptional);
  v.Present("opportunity", request.has_opportunity());
  if (!request.has_opportunity()) return;
  const v1::Opportunity& opportunity = request.opportunity();
  v.Name("opportunity.contact", opportunity.contact(), "contacts", kRequired);
  v.Name("opportunity.lead", opportunity.lead(), "leads", kOptional);
  v.SlugName("opportunity.pipeline", opportunity.pipeline(), "pipelines", kOptional);
  for (const FieldRule& rule : kRules) rule.check(opportunity, v);
  if (!SettableByHand(static_cast<ForecastCategory>(opportunity.forecast_category()))) {
    v.Custom("opportunity.forecast_category", "must be PIPELINE, BEST_CASE, COMMIT or OMITTED");
  }
}

void Check(const v1::AttachLeadRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  v.Name("organization", request.organization(), "contacts", kOptional);
  v.Present("opportunity", request.has_opportunity());
  if (!request.has_opportunity()) return;
  v.Name("opportunity.contact", request.opportunity().contact(), "contacts", kRequired);
  v.Name("opportunity.lead", request.opportunity().lead(), "leads", kRequired);
  for (const FieldRule& rule : kRules) {
    if (std::count(std::begin(kOffered), std::end(kOffered), rule.field) > 0) {
      rule.check(request.opportunity(), v);
    }
  }
}

void Check(const v1::GetOpportunityRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  serving::CheckAsOf(request, v);
  v.Enum("view", request.view(), v1::OpportunityView_IsValid(request.view()), kOptional);
}
void Check(const v1::BatchGetOpportunitiesRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
}
void Check(const v1::ListOpportunitiesRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
}
void Check(const v1::ListStageChangesRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
}
void Check(const v1::ListRevisionsRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
}

void Check(const v1::UpdateOpportunityRequest& request, Validation& v) {
  const v1::Opportunity& opportunity = request.opportunity();
  rpc::CheckUpdate(request, "opportunity", request.has_opportunity(), opportunity, kOpportunities,
                   Mask(), v);
  const std::vector<std::string> fields = UpdatedFields(request);
  for (const FieldRule& rule : kRules) {
    if (std::count(fields.begin(), fields.end(), rule.field) > 0) rule.check(opportunity, v);
  }
}

void Check(const v1::CloneOpportunityRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  v.Uuid("opportunity_id", request.opportunity_id(), kOptional);
  v.Text("display_name", request.display_name(), {0, kNameLimit, kOptional});
  const absl::Span<const absl::string_view> facts = ClonedFacts();
  for (const std::string& path : request.copy_mask().paths()) {
    if (std::count(facts.begin(), facts.end(), path) > 0) continue;
    v.Custom("copy_mask", absl::StrCat("must be of ", absl::StrJoin(facts, ", "), "; not \"",
                                       base::Shortened(path, 64), "\""));
  }
}

void Check(const v1::DeleteOpportunityRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
}
void Check(const v1::UndeleteOpportunityRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
}

std::vector<std::string> UpdatedFields(const v1::UpdateOpportunityRequest& request) {
  return rpc::MaskedPaths(request.update_mask(), Mask(), request.opportunity());
}

}  // namespace crm::opportunity

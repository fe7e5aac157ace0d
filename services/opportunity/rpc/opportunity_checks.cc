#include "services/opportunity/rpc/opportunity_checks.h"

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "services/opportunity/domain/opportunity_rules.h"

namespace crm::opportunity {
namespace {

using rpc::kOptional;
using rpc::kRequired;
using rpc::Validation;

constexpr char kCollection[] = "opportunities";
constexpr size_t kMostNames = 1000;

// The greatest lengths of texts, in code points.
constexpr size_t kNameLength = 200;  // of what people and things are called
constexpr size_t kIdLength = 128;    // of what other systems give
constexpr size_t kTextLength = 4000;
constexpr size_t kStageLength = 63;
constexpr size_t kFilterLength = 1000;

// What the requests of all moves have in common.
template <class Req>
void CheckMove(const Req& request, Validation& v) {
  v.Name("name", request.name(), kCollection, kRequired);
  v.Etag("etag", request.etag(), kOptional);
  v.Uuid("request_id", request.request_id(), kOptional);
  v.TimestampField("effective_time", request.has_effective_time(), request.effective_time(),
                   kOptional);
}

void CheckStage(absl::string_view stage, Validation& v) {
  v.Text("stage", stage, {1, kStageLength, kRequired});
}

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
    v.Text(path + "text", need.text(), {1, kTextLength, kRequired});
    v.Enum(path + "strength", need.strength(), v1::NeedStrength_IsValid(need.strength()),
           kOptional);
    CheckPast(path + "confirm_time", need.has_confirm_time(), need.confirm_time(), v);
    v.Text(path + "confirmed_by", need.confirmed_by(), {0, kIdLength, kOptional});
  }
}

void CheckSupplier(const v1::Opportunity& message, Validation& v) {
  const v1::PresentSupplier& supplier = message.present_supplier();
  v.Enum("opportunity.present_supplier.status", supplier.status(),
         v1::SupplierStatus_IsValid(supplier.status()), kOptional);
  v.Text("opportunity.present_supplier.display_name", supplier.display_name(),
         {0, kNameLength, kOptional});
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
  v.Text("opportunity.payment_terms.text", terms.text(), {0, kTextLength, kOptional});
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

void CheckInterests(const v1::Opportunity& message, Validation& v) {
  v.Count("opportunity.interests", message.interests_size(), 50);
  for (int i = 0; i < message.interests_size(); ++i) {
    v.Text(absl::StrCat("opportunity.interests[", i, "]"), message.interests(i),
           {1, kNameLength, kRequired});
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
       v.Text("opportunity.display_name", m.display_name(), {1, kNameLength, kRequired});
     }},
    {"owner",
     [](auto& m, auto& v) {
       v.Text("opportunity.owner", m.owner(), {0, kIdLength, kOptional});
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
    {"needs", CheckNeeds},
    {"present_supplier", CheckSupplier},
    {"payment_terms", CheckTerms},
    {"contract", CheckContract},
    {"contact_roles", CheckRoles},
    {"interests", CheckInterests},
    {"external_id",
     [](auto& m, auto& v) {
       v.Text("opportunity.external_id", m.external_id(), {0, kIdLength, kOptional});
     }},
};
constexpr absl::string_view kImmutable[] = {"contact", "lead", "pipeline"};
constexpr absl::string_view kOutputOnly[] = {"name",
                                             "etag",
                                             "stage",
                                             "stage_type",
                                             "stage_version",
                                             "probability_manual",
                                             "forecast_category_manual",
                                             "loss_reason",
                                             "loss_note",
                                             "open_time",
                                             "close_time",
                                             "stage_enter_time",
                                             "create_time",
                                             "update_time"};

}  // namespace

void Check(const v1::OpenOpportunityRequest& request, Validation& v) {
  v.Uuid("opportunity_id", request.opportunity_id(), kOptional);
  v.Uuid("request_id", request.request_id(), kOptional);
  v.TimestampField("effective_time", request.has_effective_time(), request.effective_time(),
                   kOptional);
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

void Check(const v1::GetOpportunityRequest& request, Validation& v) {
  v.Name("name", request.name(), kCollection, kRequired);
}

void Check(const v1::BatchGetOpportunitiesRequest& request, Validation& v) {
  v.Count("names", request.names_size(), kMostNames, 1);
  if (static_cast<size_t>(request.names_size()) > kMostNames) return;
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < request.names_size(); ++i) {
    const std::string path = absl::StrCat("names[", i, "]");
    v.Name(path, request.names(i), kCollection, kRequired);
    if (!seen.insert(request.names(i)).second) v.Custom(path, "must not be named twice");
  }
}

void Check(const v1::ListOpportunitiesRequest& request, Validation& v) {
  v.PageSize("page_size", request.page_size());
  v.Text("filter", request.filter(), {0, kFilterLength, kOptional});
}

void Check(const v1::UpdateOpportunityRequest& request, Validation& v) {
  v.Uuid("request_id", request.request_id(), kOptional);
  v.Present("opportunity", request.has_opportunity());
  if (!request.has_opportunity()) return;
  v.Name("opportunity.name", request.opportunity().name(), kCollection, kRequired);
  v.Etag("opportunity.etag", request.opportunity().etag(), kOptional);
  const auto paths = rpc::MaskedPaths(request.update_mask(), UpdatePaths(), request.opportunity());
  if (!paths.ok()) {
    const auto details = error::DetailsOf(paths.status());
    for (const auto& each : details->fields) v.Custom(each.field, each.description);
    return;
  }
  for (const std::string& path : *paths) {
    if (absl::StrContains(path, '.')) {
      v.Custom("update_mask", absl::StrCat("must name whole fields, not ", path));
      continue;
    }
    for (const FieldRule& rule : kRules) {
      if (rule.field == path) rule.check(request.opportunity(), v);
    }
  }
}

void Check(const v1::MoveOpportunityRequest& request, Validation& v) {
  CheckMove(request, v);
  CheckStage(request.stage(), v);
  v.Text("reason", request.reason(), {0, kTextLength, kOptional});
  v.Text("override_reason", request.override_reason(), {0, kTextLength, kOptional});
}

void Check(const v1::WinOpportunityRequest& request, Validation& v) {
  CheckMove(request, v);
  v.MoneyField("amount", request.has_amount(), request.amount(), kOptional);
  v.Text("override_reason", request.override_reason(), {0, kTextLength, kOptional});
}

void Check(const v1::LoseOpportunityRequest& request, Validation& v) {
  CheckMove(request, v);
  v.Enum("loss_reason", request.loss_reason(), v1::LossReason_IsValid(request.loss_reason()),
         kRequired);
  const bool needs_note = NeedsNote(static_cast<LossReason>(request.loss_reason()));
  v.Text("note", request.note(), {0, kTextLength, needs_note ? kRequired : kOptional});
}

void Check(const v1::ReopenOpportunityRequest& request, Validation& v) {
  CheckMove(request, v);
  CheckStage(request.stage(), v);
  v.Text("reason", request.reason(), {1, kTextLength, kRequired});
}

void Check(const v1::ListStageChangesRequest& request, Validation& v) {
  v.Name("name", request.name(), kCollection, kRequired);
  v.PageSize("page_size", request.page_size());
}

absl::Span<const rpc::MaskPath> UpdatePaths() {
  using rpc::Mutability;
  static const auto* const kPaths = [] {
    auto* const paths = new std::vector<rpc::MaskPath>();
    const auto add = [paths](absl::string_view path, Mutability mutability) {
      paths->push_back({std::string(path), mutability});
    };
    for (const FieldRule& rule : kRules) add(rule.field, Mutability::kMutable);
    for (const absl::string_view path : kImmutable) add(path, Mutability::kImmutable);
    for (const absl::string_view path : kOutputOnly) add(path, Mutability::kOutputOnly);
    return paths;
  }();
  return *kPaths;
}

}  // namespace crm::opportunity

#include "services/opportunity/rpc/opportunity_checks.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/opportunity/rpc/opportunity_field_checks.h"

namespace crm::opportunity {
namespace {

using rpc::kOptional;
using rpc::kRequired;
using rpc::Validation;

constexpr char kCollection[] = "opportunities";
constexpr size_t kMostNames = 1000;

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
  v.Text("stage", stage, {1, 63, kRequired});
}

// Any number is a size; beyond the greatest page it counts as that.
void CheckPage(int32_t page_size, Validation& v) {
  v.Number("page_size", page_size, 0, std::numeric_limits<int32_t>::max());
}

}  // namespace

void Check(const v1::OpenOpportunityRequest& request, absl::Time now, Validation& v) {
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
  CheckFields(opportunity, now, v);
  if (opportunity.forecast_category() == v1::FORECAST_CATEGORY_CLOSED) {
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
  CheckPage(request.page_size(), v);
  v.Text("filter", request.filter(), {0, 1000, kOptional});
}

void Check(const v1::UpdateOpportunityRequest& request, absl::Time now, Validation& v) {
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
    } else {
      CheckField(path, request.opportunity(), now, v);
    }
  }
}

void Check(const v1::MoveOpportunityRequest& request, Validation& v) {
  CheckMove(request, v);
  CheckStage(request.stage(), v);
  v.Text("reason", request.reason(), {0, 4000, kOptional});
  v.Text("override_reason", request.override_reason(), {0, 4000, kOptional});
}

void Check(const v1::WinOpportunityRequest& request, Validation& v) {
  CheckMove(request, v);
  v.MoneyField("amount", request.has_amount(), request.amount(), kOptional);
  v.Text("override_reason", request.override_reason(), {0, 4000, kOptional});
}

void Check(const v1::LoseOpportunityRequest& request, Validation& v) {
  CheckMove(request, v);
  v.Enum("loss_reason", request.loss_reason(), v1::LossReason_IsValid(request.loss_reason()),
         kRequired);
  const bool other = request.loss_reason() == v1::LOSS_REASON_OTHER;
  v.Text("note", request.note(), {0, 4000, other ? kRequired : kOptional});
}

void Check(const v1::ReopenOpportunityRequest& request, Validation& v) {
  CheckMove(request, v);
  CheckStage(request.stage(), v);
  v.Text("reason", request.reason(), {1, 4000, kRequired});
}

void Check(const v1::ListStageChangesRequest& request, Validation& v) {
  v.Name("name", request.name(), kCollection, kRequired);
  CheckPage(request.page_size(), v);
}

absl::Span<const rpc::MaskPath> UpdatePaths() {
  using rpc::Mutability;
  static const auto* const kPaths = [] {
    auto* const paths = new std::vector<rpc::MaskPath>();
    for (const char* path :
         {"display_name", "owner", "amount", "expected_close_date", "probability",
          "forecast_category", "needs", "present_supplier", "payment_terms", "contract",
          "contact_roles", "interests", "external_id"}) {
      paths->push_back({path, Mutability::kMutable});
    }
    for (const char* path : {"contact", "lead", "pipeline"}) {
      paths->push_back({path, Mutability::kImmutable});
    }
    for (const char* path :
         {"name", "etag", "stage", "stage_type", "stage_version", "probability_manual",
          "forecast_category_manual", "loss_reason", "loss_note", "open_time", "close_time",
          "stage_enter_time", "create_time", "update_time"}) {
      paths->push_back({path, Mutability::kOutputOnly});
    }
    return paths;
  }();
  return *kPaths;
}

}  // namespace crm::opportunity

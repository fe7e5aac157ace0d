#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/serving/batch_write.h"
#include "common/serving/list_page.h"
#include "services/opportunity/rpc/opportunity_handlers.h"

namespace crm::opportunity {
namespace {

int PageSize(int32_t requested) { return std::min(requested, rpc::kMaxPageSize); }

absl::Span<const rpc::FilterField> Fields() {
  using rpc::FilterOp;
  using rpc::FilterType;
  static const auto* const kFields = new std::vector<rpc::FilterField>{
      {"stage", FilterType::kText, {FilterOp::kEqual}, {}},
      {"stage_type", FilterType::kEnum, {FilterOp::kEqual}, {"OPEN", "WON", "LOST"}},
      {"owner", FilterType::kText, {FilterOp::kEqual}, {}},
      {"contact", FilterType::kText, {FilterOp::kEqual}, {}},
      {"lead", FilterType::kText, {FilterOp::kEqual}, {}},
      {"pipeline", FilterType::kText, {FilterOp::kEqual}, {}},
      {"external_id", FilterType::kText, {FilterOp::kEqual}, {}},
      {"create_time",
       FilterType::kTimestamp,
       {FilterOp::kGreaterOrEqual, FilterOp::kLessOrEqual},
       {}},
  };
  return *kFields;
}

absl::Status BadName(const aggregate::Condition& condition, absl::string_view form) {
  return error::Error(absl::StatusCode::kInvalidArgument, error::kFilterInvalid,
                      "The filter is not valid.")
      .Violation("filter", absl::StrCat(condition.field, " must be \"", form, "\""))
      .With("field", condition.field);
}

// Resource names in conditions become the ids that are stored.
absl::Status NamesToIds(std::vector<aggregate::Condition>& conditions) {
  for (aggregate::Condition& condition : conditions) {
    if (condition.field == "contact" || condition.field == "lead") {
      const std::string collection = condition.field + "s";
      const auto id = rpc::ParseName(condition.value, collection);
      if (!id) return BadName(condition, collection + "/{uuid}");
      condition.value = id->ToString();
    } else if (condition.field == "pipeline") {
      const auto id = rpc::ParseSlugName(condition.value, "pipelines");
      if (!id) return BadName(condition, "pipelines/{id}");
      condition.value = std::string(*id);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> VersionOf(const std::vector<std::string>& position) {
  if (position.empty()) return 0;
  int64_t version = 0;
  if (position.size() == 1 && absl::SimpleAtoi(position[0], &version) && version > 0) {
    return version;
  }
  return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                      "The page token is not valid.")
      .Violation("page_token", "must be a next_page_token of the same method");
}

}  // namespace

void GetOpportunities(const Ports& ports,
                      Calls<v1::GetOpportunityRequest, v1::GetOpportunityResponse> calls) {
  std::vector<aggregate::Key> keys;
  keys.reserve(calls.size());
  for (const auto* call : calls) keys.push_back(KeyOf(call->context(), call->request().name()));
  const auto found = ports.opportunities.Get(keys, serving::BatchDeadline(calls));
  for (size_t i = 0; i < calls.size(); ++i) {
    if (found[i].ok()) ToMessage(*found[i], *calls[i]->response().mutable_opportunity());
    calls[i]->Finish(found[i].status());
  }
}

void BatchGetOpportunities(
    const Ports& ports,
    Calls<v1::BatchGetOpportunitiesRequest, v1::BatchGetOpportunitiesResponse> calls) {
  std::vector<aggregate::Key> keys;
  for (const auto* call : calls) {
    for (const std::string& name : call->request().names()) {
      keys.push_back(KeyOf(call->context(), name));
    }
  }
  const auto found = ports.opportunities.Get(keys, serving::BatchDeadline(calls));
  size_t at = 0;
  for (auto* call : calls) {
    absl::Status failure;
    for (const std::string& name : call->request().names()) {
      const absl::StatusOr<Opportunity>& it = found[at++];
      if (it.ok()) {
        ToMessage(*it, *call->response().add_opportunities());
      } else if (absl::IsNotFound(it.status())) {
        call->response().add_missing_names(name);
      } else {
        failure = it.status();
      }
    }
    call->Finish(failure);
  }
}

absl::Status ListOpportunities(const Ports& ports, const rpc::CallContext& context,
                               const v1::ListOpportunitiesRequest& request,
                               v1::ListOpportunitiesResponse& response) {
  const serving::ListArguments arguments{.filter = request.filter(),
                                         .order_by = request.order_by(),
                                         .page_token = request.page_token(),
                                         .page_size = PageSize(request.page_size())};
  CRM_ASSIGN_OR_RETURN(aggregate::ListQuery query,
                       serving::QueryOf(context, arguments, Fields(), ports.page_tokens));
  CRM_RETURN_IF_ERROR(NamesToIds(query.conditions));
  CRM_ASSIGN_OR_RETURN(const std::vector<Opportunity> found,
                       ports.reads.List(query, context.deadline));
  const size_t size = std::min<size_t>(found.size(), serving::PageSizeOf(query));
  for (size_t i = 0; i < size; ++i) ToMessage(found[i], *response.add_opportunities());
  if (found.size() > size) {
    const Opportunity& last = found[size - 1];
    response.set_next_page_token(
        serving::NextToken(context, arguments, ports.page_tokens, last.create_time, last.id));
  }
  return absl::OkStatus();
}

absl::Status ListStageChanges(const Ports& ports, const rpc::CallContext& context,
                              const v1::ListStageChangesRequest& request,
                              v1::ListStageChangesResponse& response) {
  const rpc::PageArguments bound{context.method, context.tenant, request.name(), ""};
  CRM_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                       ports.page_tokens.Decode(bound, request.page_token()));
  CRM_ASSIGN_OR_RETURN(const int64_t after, VersionOf(position));
  const size_t size = rpc::EffectivePageSize(PageSize(request.page_size()));
  CRM_ASSIGN_OR_RETURN(const std::vector<StageChange> changes,
                       ports.reads.StageChanges(KeyOf(context, request.name()), after,
                                                static_cast<int>(size) + 1, context.deadline));
  // Whatever exists has moved at least once.
  if (changes.empty() && after == 0) return error::NotFound(request.name());
  for (size_t i = 0; i < std::min(size, changes.size()); ++i) {
    ToMessage(changes[i], *response.add_stage_changes());
  }
  if (changes.size() > size) {
    const std::string keys[] = {absl::StrCat(changes[size - 1].version)};
    response.set_next_page_token(ports.page_tokens.Encode(bound, keys));
  }
  return absl::OkStatus();
}

}  // namespace crm::opportunity

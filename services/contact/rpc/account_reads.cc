#include "services/contact/rpc/account_handlers.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"
#include "common/serving/list_page.h"
#include "services/contact/rpc/contact_checks.h"
#include "services/contact/rpc/contact_filters.h"
#include "services/contact/rpc/contact_proto.h"

namespace crm::contact {

void GetAccounts(const Ports& ports, Calls<v1::GetAccountRequest, v1::GetAccountResponse> calls) {
  std::vector<aggregate::Key> keys;
  keys.reserve(calls.size());
  for (const auto* call : calls) {
    keys.push_back({call->context().tenant,
                    rpc::ParseName(call->request().name(), "accounts").value_or(base::Uuid())});
  }
  const auto found = ports.reads.GetAccounts(keys, serving::BatchDeadline(calls));
  for (size_t i = 0; i < calls.size(); ++i) {
    if (found[i].ok()) ToProto(*found[i], calls[i]->response().mutable_account());
    calls[i]->Finish(found[i].status());
  }
}

absl::Status ListAccounts(const Ports& ports, const rpc::CallContext& context,
                          const v1::ListAccountsRequest& request,
                          v1::ListAccountsResponse& response) {
  const serving::ListArguments arguments{request.filter(), request.order_by(), request.page_token(),
                                         std::min(request.page_size(), rpc::kMaxPageSize), false};
  CRM_ASSIGN_OR_RETURN(aggregate::ListQuery query,
                       serving::QueryOf(context, arguments, AccountFilter(), ports.page_tokens));
  for (aggregate::Condition& condition : query.conditions) {
    if (condition.field == "customer") CRM_RETURN_IF_ERROR(ReadContactName(condition));
  }
  CRM_ASSIGN_OR_RETURN(const std::vector<Account> found,
                       ports.reads.ListAccounts(query, context.deadline));
  const size_t shown = std::min<size_t>(found.size(), serving::PageSizeOf(query));
  for (size_t i = 0; i < shown; ++i) ToProto(found[i], response.add_accounts());
  if (found.size() > shown) {
    const Account& last = found[shown - 1];
    response.set_next_page_token(
        serving::NextToken(context, arguments, ports.page_tokens, last.create_time, last.id));
  }
  return absl::OkStatus();
}

}  // namespace crm::contact

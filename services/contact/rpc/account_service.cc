#include "services/contact/rpc/account_service.h"

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
namespace {

constexpr size_t kReadBatch = 32;

template <class Request>
auto Validator() {
  return [](const Request& request, rpc::Validation& problems) { Validate(request, problems); };
}

}  // namespace

AccountRpc::AccountRpc(const rpc::Binding& binding, const ContactReads& reads,
                       const rpc::PageTokens& tokens)
    : reads_(reads),
      tokens_(tokens),
      get_(binding, {"crm.contact.v1.AccountService/GetAccount", rpc::Lane::kRead, kReadBatch},
           Validator<v1::GetAccountRequest>(),
           GetMethod::BatchHandler([this](GetMethod::Calls calls) { Get(calls); })),
      list_(binding, {"crm.contact.v1.AccountService/ListAccounts", rpc::Lane::kRead, 1},
            Validator<v1::ListAccountsRequest>(),
            ListMethod::Handler([this](const rpc::CallContext& context,
                                       const v1::ListAccountsRequest& request,
                                       v1::ListAccountsResponse& response) {
              return List(context, request, response);
            })) {}

void AccountRpc::Get(GetMethod::Calls calls) {
  std::vector<aggregate::Key> keys;
  keys.reserve(calls.size());
  for (const auto* call : calls) {
    keys.push_back({call->context().tenant,
                    rpc::ParseName(call->request().name(), "accounts").value_or(base::Uuid())});
  }
  const auto found = reads_.GetAccounts(keys, serving::BatchDeadline(calls));
  for (size_t i = 0; i < calls.size(); ++i) {
    if (found[i].ok()) ToProto(*found[i], calls[i]->response().mutable_account());
    calls[i]->Finish(found[i].status());
  }
}

absl::Status AccountRpc::List(const rpc::CallContext& context,
                              const v1::ListAccountsRequest& request,
                              v1::ListAccountsResponse& response) {
  const serving::ListArguments arguments{request.filter(), request.order_by(), request.page_token(),
                                         std::min(request.page_size(), rpc::kMaxPageSize), false};
  CRM_ASSIGN_OR_RETURN(aggregate::ListQuery query,
                       serving::QueryOf(context, arguments, AccountFilter(), tokens_));
  for (aggregate::Condition& condition : query.conditions) {
    if (condition.field == "customer") CRM_RETURN_IF_ERROR(ReadContactName(condition));
  }
  CRM_ASSIGN_OR_RETURN(const std::vector<Account> found,
                       reads_.ListAccounts(query, context.deadline));
  const size_t shown = std::min<size_t>(found.size(), serving::PageSizeOf(query));
  for (size_t i = 0; i < shown; ++i) ToProto(found[i], response.add_accounts());
  if (found.size() > shown) {
    const Account& last = found[shown - 1];
    response.set_next_page_token(
        serving::NextToken(context, arguments, tokens_, last.create_time, last.id));
  }
  return absl::OkStatus();
}

}  // namespace crm::contact

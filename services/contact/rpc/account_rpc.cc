#include "services/contact/rpc/account_rpc.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/aggregate/listing.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"
#include "common/serving/list_page.h"
#include "services/contact/domain/lifecycle_book.h"
#include "services/contact/rpc/conversion.h"
#include "services/contact/rpc/filter_values.h"
#include "services/contact/rpc/requests.h"
#include "services/contact/store/account_rows.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

constexpr size_t kReadBatch = 32;

template <class Request>
auto Validator() {
  return [](const Request& request, rpc::Validation& problems) { Validate(request, problems); };
}

}  // namespace

AccountRpc::AccountRpc(const rpc::Binding& binding, pg::Pool& pool, const rpc::PageTokens& tokens)
    : pool_(pool),
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
  pg::Columns columns;
  std::vector<TenantKey> keys;
  for (const auto* call : calls) {
    keys.push_back({call->context().tenant,
                    rpc::ParseName(call->request().name(), "accounts").value_or(base::Uuid())});
    columns.Add(keys.back().tenant, keys.back().id);
  }
  pg::Params params;
  columns.AddTo(params);
  const auto rows = pool_.Read(kSelectAccounts, params, serving::BatchDeadline(calls));
  absl::flat_hash_map<TenantKey, Account> found;
  if (rows.ok()) {
    for (const pg::Row row : *rows) {
      Account account = ReadAccount(row);
      TenantKey key{account.tenant, account.id};
      found.emplace(std::move(key), std::move(account));
    }
  }
  for (size_t i = 0; i < calls.size(); ++i) {
    const auto at = found.find(keys[i]);
    if (!rows.ok()) {
      calls[i]->Finish(rows.status());
    } else if (at == found.end()) {
      calls[i]->Finish(error::NotFound(calls[i]->request().name()));
    } else {
      ToProto(at->second, calls[i]->response().mutable_account());
      calls[i]->Finish(absl::OkStatus());
    }
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
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       aggregate::List(pool_, AccountListing(), query, context.deadline));
  const int shown = std::min(rows.size(), serving::PageSizeOf(query));
  for (int i = 0; i < shown; ++i) ToProto(ReadAccount(rows[i]), response.add_accounts());
  if (rows.size() > shown) {
    const Account last = ReadAccount(rows[shown - 1]);
    response.set_next_page_token(
        serving::NextToken(context, arguments, tokens_, last.create_time, last.id));
  }
  return absl::OkStatus();
}

}  // namespace crm::contact

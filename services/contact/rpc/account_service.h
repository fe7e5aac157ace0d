#pragma once

#include <grpcpp/grpcpp.h>

#include "common/rpc/method.h"
#include "common/rpc/page_token.h"
#include "crm/contact/v1/account_service.grpc.pb.h"
#include "services/contact/store/contact_reads.h"

namespace crm::contact {

using AccountServiceBase = v1::AccountService::WithRawCallbackMethod_GetAccount<
    v1::AccountService::WithRawCallbackMethod_ListAccounts<v1::AccountService::Service>>;

// AccountService: reads only; accounts are written by the lifecycle.
class AccountRpc final : public AccountServiceBase {
 public:
  // ContactReads and tokens must outlive the service.
  AccountRpc(const rpc::Binding& binding, const ContactReads& reads, const rpc::PageTokens& tokens);

  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override {
    return get_.Start(context, request, response);
  }
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return list_.Start(context, request, response);
  }

 private:
  using GetMethod = rpc::Method<v1::GetAccountRequest, v1::GetAccountResponse>;
  using ListMethod = rpc::Method<v1::ListAccountsRequest, v1::ListAccountsResponse>;

  void Get(GetMethod::Calls calls);
  absl::Status List(const rpc::CallContext& context, const v1::ListAccountsRequest& request,
                    v1::ListAccountsResponse& response);

  const ContactReads& reads_;
  const rpc::PageTokens& tokens_;
  GetMethod get_;
  ListMethod list_;
};

}  // namespace crm::contact

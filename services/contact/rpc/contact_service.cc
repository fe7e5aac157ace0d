#include "services/contact/rpc/contact_service.h"

#include "common/rpc/batch_limits.h"
#include "crm/contact/v1/account_service.grpc.pb.h"
#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "crm/contact/v1/erasure_service.grpc.pb.h"
#include "crm/contact/v1/merge.grpc.pb.h"
#include "crm/contact/v1/search_service.grpc.pb.h"
#include "services/contact/rpc/account_checks.h"
#include "services/contact/rpc/account_handlers.h"
#include "services/contact/rpc/contact_checks.h"
#include "services/contact/rpc/contact_handlers.h"
#include "services/contact/rpc/erasure_checks.h"
#include "services/contact/rpc/erasure_handlers.h"
#include "services/contact/rpc/merge_checks.h"
#include "services/contact/rpc/search_checks.h"
#include "services/contact/rpc/search_handlers.h"
#include "services/contact/rpc/upsert_checks.h"

namespace crm::contact {

using rpc::Lane;
namespace batch = rpc::batch;

ContactService::ContactService(const rpc::Binding& binding, const Ports& ports)
    : Service(v1::ContactService::service_full_name(), binding, ports) {
  Batched("CreateContact", Lane::kWrite, batch::kWrites, Check, CreateContacts);
  Batched("GetContact", Lane::kRead, batch::kGets, Check, GetContacts);
  Batched("BatchGetContacts", Lane::kRead, batch::kBatchGets, Check, BatchGetContacts);
  Single("ListContacts", Lane::kRead, Check, ListContacts);
  Single("FindContacts", Lane::kRead, Check, FindContacts);
  Single("ListRevisions", Lane::kRead, Check, ListContactRevisions);
  Batched("UpdateContact", Lane::kWrite, batch::kWrites, Check, UpdateContacts);
  Single("UpsertContacts", Lane::kWrite, Check, UpsertContacts);
  Batched("DeleteContact", Lane::kWrite, batch::kWrites, Check, DeleteContacts);
  Batched("UndeleteContact", Lane::kWrite, batch::kWrites, Check, UndeleteContacts);
}

ContactSearchService::ContactSearchService(const rpc::Binding& binding, const Ports& ports)
    : Service(v1::ContactSearchService::service_full_name(), binding, ports) {
  Single("SearchContacts", Lane::kRead, Check, SearchContacts);
  Single("FindDuplicates", Lane::kRead, Check, FindDuplicates);
  Single("ListDuplicateGroups", Lane::kRead, Check, ListDuplicateGroups);
}

AccountService::AccountService(const rpc::Binding& binding, const Ports& ports)
    : Service(v1::AccountService::service_full_name(), binding, ports) {
  Batched("GetAccount", Lane::kRead, batch::kGets, Check, GetAccounts);
  Single("ListAccounts", Lane::kRead, Check, ListAccounts);
  Single("ListRevisions", Lane::kRead, Check, ListAccountRevisions);
  Batched("UpdateAccount", Lane::kWrite, batch::kWrites, Check, UpdateAccounts);
  Batched("CloseAccount", Lane::kWrite, batch::kWrites, Check, CloseAccounts);
  Batched("ReopenAccount", Lane::kWrite, batch::kWrites, Check, ReopenAccounts);
}

ErasureService::ErasureService(const rpc::Binding& binding, const ErasurePorts& ports)
    : Service(v1::ErasureService::service_full_name(), binding, ports) {
  Single("EraseContact", Lane::kWrite, Check, EraseContact);
  Single("GetErasure", Lane::kRead, Check, GetErasure);
}

MergeService::MergeService(const rpc::Binding& binding, const MergePorts& ports)
    : Service(v1::MergeService::service_full_name(), binding, ports) {
  Single("PreviewMerge", Lane::kRead, Check, PreviewMerge);
  Batched("MergeContacts", Lane::kWrite, 1, Check, MergeContacts);
  Batched("UnmergeContact", Lane::kWrite, 1, Check, UnmergeContacts);
}

}  // namespace crm::contact

#pragma once

#include "common/rpc/service.h"
#include "services/contact/rpc/contact_ports.h"
#include "services/contact/rpc/erasure_handlers.h"
#include "services/contact/rpc/merge_handlers.h"

namespace crm::contact {

// crm.contact.v1.ContactService.
class ContactService final : public rpc::Service<Ports> {
 public:
  ContactService(const rpc::Binding& binding, const Ports& ports);
};

// crm.contact.v1.ContactSearchService.
class ContactSearchService final : public rpc::Service<Ports> {
 public:
  ContactSearchService(const rpc::Binding& binding, const Ports& ports);
};

// crm.contact.v1.AccountService. Accounts are opened, and wins added, by the lifecycle.
class AccountService final : public rpc::Service<Ports> {
 public:
  AccountService(const rpc::Binding& binding, const Ports& ports);
};

// crm.contact.v1.ErasureService.
class ErasureService final : public rpc::Service<ErasurePorts> {
 public:
  ErasureService(const rpc::Binding& binding, const ErasurePorts& ports);
};

// crm.contact.v1.MergeService.
class MergeService final : public rpc::Service<MergePorts> {
 public:
  MergeService(const rpc::Binding& binding, const MergePorts& ports);
};

}  // namespace crm::contact

#pragma once

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/rpc/call_context.h"
#include "common/rpc/resource_name.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/ports.h"
#include "services/contact/store/contact_reads.h"

namespace crm::contact {

// What the methods work with. All outlive the services.
struct Ports {
  aggregate::Repository<Contact>& contacts;
  const ContactReads& reads;
  const PhoneNormalizer& phones;
  const base::Clock& clock;
  base::IdGenerator& ids;
};

// The key of a validated "contacts/{uuid}".
inline aggregate::Key KeyOf(const rpc::CallContext& context, absl::string_view name) {
  return {context.tenant, rpc::ParseName(name, "contacts").value_or(base::Uuid())};
}

}  // namespace crm::contact

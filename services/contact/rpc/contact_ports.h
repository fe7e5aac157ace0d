#pragma once

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/mail_domains.h"
#include "services/contact/domain/ports.h"
#include "services/contact/store/contact_reads.h"
#include "services/contact/store/duplicate_store.h"
#include "services/contact/store/search_store.h"

namespace crm::contact {

// What the methods work with. All outlive the services.
struct Ports {
  aggregate::Repository<Contact>& contacts;
  aggregate::Repository<Account>& accounts;
  const ContactReads& reads;
  const PhoneNormalizer& phones;
  const base::Clock& clock;
  base::IdGenerator& ids;
  const SearchStore& search;
  const DuplicateStore& duplicates;
  const MailDomains& public_mail_domains;
};

}  // namespace crm::contact

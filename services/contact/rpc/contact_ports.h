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
  aggregate::Repository<Contact>& contacts;  // by any of their names (store/survivor_store.h)
  aggregate::Repository<Account>& accounts;
  const ContactReads& reads;
  const PhoneNormalizer& phones;
  const base::Clock& clock;
  base::IdGenerator& ids;
  const SearchStore& search;
  const DuplicateStore& duplicates;
  const MailDomains& public_mail_domains;
  // By their own names, for what they were; if none is given, `contacts` serves.
  aggregate::Repository<Contact>* own_contacts = nullptr;
};

}  // namespace crm::contact

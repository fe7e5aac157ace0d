#include "services/contact/normalize/renormalize_command.h"

#include <cstdio>
#include <vector>

#include "common/base/status.h"

namespace crm::contact {
namespace {

constexpr int kPage = 200;
constexpr absl::Duration kPatience = absl::Seconds(60);  // for a page

using Change = aggregate::Change<Contact>;

Change Renormalizing(const aggregate::Key& key, const PhoneNormalizer& phones) {
  Change change;
  change.key = key;
  change.author = {"crm-contact", "renormalize"};
  change.apply = [&phones](Contact& contact) {
    Renormalize(contact, phones);
    return absl::OkStatus();
  };
  change.answer = [](const Contact& contact) { return std::to_string(contact.revision); };
  return change;
}

}  // namespace

absl::StatusOr<Renormalized> RenormalizeContacts(aggregate::Repository<Contact>& contacts,
                                                 const ContactReads& reads,
                                                 const PhoneNormalizer& phones,
                                                 const base::Clock& clock) {
  Renormalized total;
  for (aggregate::Key last;;) {
    const base::Deadline deadline = clock.Now() + kPatience;
    CRM_ASSIGN_OR_RETURN(const auto page, reads.ContactsAfter(last, kPage, deadline));
    if (page.empty()) return total;
    std::vector<Change> changes;
    for (const Contact& contact : page) {
      Contact normal = contact;
      Renormalize(normal, phones);
      if (normal != contact) changes.push_back(Renormalizing({contact.tenant, contact.id}, phones));
    }
    std::vector<Change*> pointers;
    for (Change& change : changes) pointers.push_back(&change);
    if (!pointers.empty()) contacts.Update(absl::MakeSpan(pointers), deadline);
    for (const Change& change : changes) {
      ++(change.outcome.ok() ? total.changed : total.refused);
      if (change.outcome.ok()) continue;
      std::printf("%s\t%s\t%s\n", change.key.tenant.c_str(), ContactName(change.key.id).c_str(),
                  change.outcome.status().ToString().c_str());
    }
    total.seen += static_cast<int64_t>(page.size());
    last = {page.back().tenant, page.back().id};
  }
}

}  // namespace crm::contact

#include "clients/crmctl/import/taken_addresses.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "common/address/normal_forms.h"

namespace crm::crmctl {

namespace {

constexpr int64_t kLines = int64_t{1} << 38;  // the rest of the number is that of the file

}  // namespace

int64_t TakenAddresses::PlaceOf(const RowValues& values) const {
  const auto file = static_cast<int64_t>(&values.mapping() - mapping_.files.data());
  return file * kLines + values.row().line;
}

bool TakenAddresses::Allows(RowValues* values, const char* field, const std::string& form) {
  if (mapping_.duplicates == Mapping::Duplicates::kAttach) return true;
  const std::optional<int64_t> taken = taken_.Find(KeyIndex::Hashed(form));
  if (!taken || *taken == PlaceOf(*values)) return true;
  const std::string whose = absl::StrCat(Shown(form), " is that of line ", *taken % kLines, " of ",
                                         mapping_.files[static_cast<size_t>(*taken / kLines)].file);
  if (mapping_.duplicates == Mapping::Duplicates::kRefuse) {
    values->Problem(field, whose);
    return false;
  }
  values->Warning(field, absl::StrCat(whose, "; left out"));
  return false;
}

void TakenAddresses::Remember(const RowValues& values, const std::string& form) {
  if (mapping_.duplicates == Mapping::Duplicates::kAttach) return;
  taken_.Add(KeyIndex::Hashed(form), PlaceOf(values));
}

void TakenAddresses::Take(RowValues* values, ContactRecord* record) {
  contact::v1::Contact& contact = record->contact;
  auto& emails = *contact.mutable_emails();
  const auto refused =
      std::remove_if(emails.begin(), emails.end(), [&](const contact::v1::EmailAddress& each) {
        return !Allows(values, "email", address::NormalizeEmail(each.address()));
      });
  emails.erase(refused, emails.end());
  const std::string domain = address::NormalizeDomain(contact.organization().domain());
  if (!domain.empty() && !Allows(values, "domain", domain)) {
    contact.mutable_organization()->clear_domain();
  }
  if (!values->problems().empty()) return;
  for (const auto& each : emails) Remember(*values, address::NormalizeEmail(each.address()));
  if (!contact.organization().domain().empty()) Remember(*values, domain);
}

void TakenAddresses::Take(RowValues* values, DealRecord* deal) {
  if (!deal->reference.empty() || deal->entity == Entity::kOpportunity) return;
  std::erase_if(deal->contact_emails, [&](const std::string& each) {
    return !Allows(values, "contact_email", address::NormalizeEmail(each));
  });
  if (!values->problems().empty()) return;
  for (const std::string& each : deal->contact_emails) {
    Remember(*values, address::NormalizeEmail(each));
  }
}

}  // namespace crm::crmctl

#include "services/contact/domain/contact_unmerge.h"

#include <algorithm>

namespace crm::contact {
namespace {

// Whether what was taken is still what it was then; which of them is primary does not count.
bool IsUnchanged(const Email& now, Email then) {
  then.primary = now.primary;
  return now == then;
}

void GiveEmailsBack(Contact& survivor, Contact& contact, const std::vector<Email>& emails,
                    std::vector<std::string>& stayed) {
  for (const Email& email : emails) {
    const auto same = [&](const Email& one) { return one.normalized == email.normalized; };
    const auto found = std::find_if(survivor.emails.begin(), survivor.emails.end(), same);
    if (found == survivor.emails.end()) continue;
    if (IsUnchanged(*found, email)) {
      survivor.emails.erase(found);
    } else {
      stayed.push_back("emails");
      std::erase_if(contact.emails, same);
    }
  }
  for (Contact* one : {&survivor, &contact}) {
    auto& left = one->emails;
    const bool primary =
        std::any_of(left.begin(), left.end(), [](const Email& email) { return email.primary; });
    if (!primary && !left.empty()) left.front().primary = true;
  }
}

void GivePhonesBack(Contact& survivor, const std::vector<Phone>& phones,
                    std::vector<std::string>& stayed) {
  for (const Phone& phone : phones) {
    const auto found = std::find(survivor.phones.begin(), survivor.phones.end(), phone);
    if (found != survivor.phones.end()) {
      survivor.phones.erase(found);
    } else if (HasPhone(survivor, phone)) {
      stayed.push_back("phones");
    }
  }
}

void GiveEmploymentsBack(Contact& survivor, const std::vector<Employment>& employments,
                         std::vector<std::string>& stayed) {
  auto& left = survivor.employments;
  for (Employment employment : employments) {
    const auto found = std::find_if(left.begin(), left.end(), [&](const Employment& one) {
      employment.primary = one.primary;
      return one == employment;
    });
    const bool changed = std::any_of(left.begin(), left.end(), [&](const Employment& one) {
      return one.organization == employment.organization;
    });
    if (found != left.end()) {
      left.erase(found);
    } else if (changed) {
      stayed.push_back("employments");
    }
  }
  const auto first =
      std::find_if(left.begin(), left.end(), [](const Employment& one) { return !one.ended(); });
  if (survivor.employment() == nullptr && first != left.end()) first->primary = true;
}

// Each change of a field follows the one before it, as links of a chain: this one is taken out.
bool TakeOut(Contact& survivor, const TakenField& taken, absl::Span<Taken* const> later) {
  for (Taken* const next : later) {
    for (TakenField& field : next->fields) {
      if (field.path != taken.path) continue;
      if (field.before != taken.after) return false;
      field.before = taken.before;
      return true;
    }
  }
  if (ValueAt(survivor, taken.path) != taken.after) return false;
  SetValueAt(survivor, taken.path, taken.before);
  return true;
}

}  // namespace

std::vector<std::string> GiveBack(Contact& survivor, Contact& contact, const Taken& taken,
                                  absl::Span<Taken* const> later) {
  contact.delete_time.reset();
  contact.merged_into.reset();
  std::vector<std::string> stayed;
  // The first of these changes was made first, so the last is taken back first.
  for (size_t i = taken.fields.size(); i-- > 0;) {
    const TakenField& field = taken.fields[i];
    if (!TakeOut(survivor, field, later)) stayed.push_back(field.path);
  }
  GiveEmailsBack(survivor, contact, taken.emails, stayed);
  GivePhonesBack(survivor, taken.phones, stayed);
  GiveEmploymentsBack(survivor, taken.employments, stayed);
  std::sort(stayed.begin(), stayed.end());
  stayed.erase(std::unique(stayed.begin(), stayed.end()), stayed.end());
  return stayed;
}

}  // namespace crm::contact

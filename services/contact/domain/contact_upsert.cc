#include "services/contact/domain/contact_upsert.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "common/address/normal_forms.h"

namespace crm::contact {
namespace {

using Kind = UpsertStep::Kind;

// Those of a list that are primary yield to the one that is marked anew.
template <class T>
void MakePrimary(std::vector<T>& all, T& one) {
  for (T& other : all) other.primary = false;
  one.primary = true;
}

void Complete(std::string& text, const std::string& given) {
  if (!given.empty()) text = given;
}

template <class T>
void Complete(std::optional<T>& value, const std::optional<T>& given) {
  if (given.has_value()) value = given;
}

// The one of `all` for which `same` holds, else `given`, put at the end.
template <class T, class Same>
T& FindOrAdd(std::vector<T>& all, const T& given, const Same& same) {
  const auto found = std::find_if(all.begin(), all.end(), same);
  if (found != all.end()) return *found;
  all.push_back(given);
  if constexpr (requires { given.primary; }) all.back().primary = false;
  return all.back();
}

std::vector<Email> With(std::vector<Email> emails, const std::vector<Email>& given) {
  for (const Email& one : given) {
    const std::string normalized = address::NormalizeEmail(one.address);
    Email& email =
        FindOrAdd(emails, one, [&](const Email& other) { return other.normalized == normalized; });
    email.normalized = normalized;
    Complete(email.label, one.label);
    if (one.primary) MakePrimary(emails, email);
  }
  return emails;
}

bool IsSame(const Phone& one, const Phone& other) {
  if (one.e164.empty() || other.e164.empty()) return one.number == other.number;
  return one.e164 == other.e164 && one.extension == other.extension;
}

std::vector<Phone> With(std::vector<Phone> phones, const std::vector<Phone>& given) {
  for (const Phone& one : given) {
    Phone& phone = FindOrAdd(phones, one, [&](const Phone& other) { return IsSame(one, other); });
    Complete(phone.label, one.label);
  }
  return phones;
}

std::vector<Employment> With(std::vector<Employment> employments,
                             const std::vector<Employment>& given) {
  for (const Employment& one : given) {
    Employment& employment = FindOrAdd(employments, one, [&](const Employment& other) {
      return other.organization == one.organization && (!other.ended() || other.until == one.until);
    });
    Complete(employment.job_title, one.job_title);
    Complete(employment.department, one.department);
    Complete(employment.since, one.since);
    Complete(employment.until, one.until);
    if (one.primary) MakePrimary(employments, employment);
  }
  return employments;
}

using Attributes = std::map<std::string, std::string>;

Attributes With(Attributes attributes, const Attributes& given) {
  for (const auto& [key, value] : given) attributes[key] = value;
  return attributes;
}

Person With(Person person, const Person& given) {
  Complete(person.given_name, given.given_name);
  Complete(person.family_name, given.family_name);
  return person;
}

Organization With(Organization organization, const Organization& given) {
  Complete(organization.domain, given.domain);
  Complete(organization.industry, given.industry);
  Complete(organization.employee_count, given.employee_count);
  Complete(organization.annual_revenue, given.annual_revenue);
  Complete(organization.parent, given.parent);
  Complete(organization.founded_year, given.founded_year);
  Complete(organization.location, given.location);
  return organization;
}

// What is as it was is not judged anew. What says something of a kind that the contact is not is
// left for Edit to refuse.
template <class T>
void Add(const T& before, const T& given, std::optional<T>& edited) {
  if (T after = With(before, given); after != before) edited = std::move(after);
}

void AddBody(const Contact& stored, const Contact& given, ContactEdit& edit) {
  if (const Person* person = given.person()) {
    const Person* before = stored.person();
    Add(before != nullptr ? *before : Person(), *person, edit.person);
  }
  if (const Organization* organization = given.organization()) {
    const Organization* before = stored.organization();
    Add(before != nullptr ? *before : Organization(), *organization, edit.organization);
  }
}

std::optional<UpsertStep> Found(const std::vector<ContactKey>& keys, const KeyHolders& holders) {
  for (const KeyKind kind : {KeyKind::kExternalId, KeyKind::kEmail, KeyKind::kDomain}) {
    for (const ContactKey& key : keys) {
      const auto holder = key.kind == kind ? holders.find(key) : holders.end();
      if (holder != holders.end()) return UpsertStep{Kind::kChange, holder->second, kind};
    }
  }
  return std::nullopt;
}

}  // namespace

ContactEdit Additions(const Contact& stored, const Contact& given) {
  ContactEdit edit;
  if (!given.display_name.empty()) edit.display_name = given.display_name;
  if (!given.owner.empty()) edit.owner = given.owner;
  // Found by the external id of one that was merged into it, it keeps its own.
  if (stored.external_id.empty() && !given.external_id.empty()) {
    edit.external_id = given.external_id;
  }
  AddBody(stored, given, edit);
  Add(stored.emails, given.emails, edit.emails);
  Add(stored.phones, given.phones, edit.phones);
  Add(stored.employments, given.employments, edit.employments);
  Add(stored.attributes, given.attributes, edit.attributes);
  return edit;
}

absl::Status CheckSame(const Contact& stored, const Contact& given, KeyKind rule) {
  if (rule == KeyKind::kExternalId || given.external_id.empty() || stored.external_id.empty() ||
      stored.external_id == given.external_id) {
    return absl::OkStatus();
  }
  return DuplicateKey(rule, {stored.id});
}

std::vector<UpsertStep> PlanUpserts(absl::Span<const std::vector<ContactKey>> upserts,
                                    const KeyHolders& holders) {
  std::vector<UpsertStep> steps;
  std::map<ContactKey, UpsertStep> taken;  // by earlier ones
  std::set<base::Uuid> awaited;            // contacts of those that wait
  for (const std::vector<ContactKey>& keys : upserts) {
    const auto found = Found(keys, holders);
    UpsertStep step = found.value_or(UpsertStep());
    const bool waits =
        awaited.contains(step.contact) ||
        std::any_of(keys.begin(), keys.end(), [&](const ContactKey& key) {
          const auto other = taken.find(key);
          return other != taken.end() && (!found || other->second.kind != Kind::kChange ||
                                          other->second.contact != step.contact);
        });
    if (waits && found) awaited.insert(step.contact);
    if (waits) step = {Kind::kWait};
    for (const ContactKey& key : keys) taken.emplace(key, step);
    steps.push_back(step);
  }
  return steps;
}

}  // namespace crm::contact

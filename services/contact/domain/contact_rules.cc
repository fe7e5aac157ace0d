#include "services/contact/domain/contact_rules.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/address/normal_forms.h"
#include "common/base/text.h"
#include "common/base/unicode.h"
#include "common/error/error.h"

namespace crm::contact {
namespace {

constexpr size_t kActorLimit = 128;
constexpr size_t kExternalIdLimit = 128;
constexpr size_t kAddressLimit = 254;
constexpr size_t kNumberLimit = 50;
constexpr size_t kLabelLimit = 50;
constexpr size_t kListLimit = 20;

void CheckText(error::Error& problems, absl::string_view field, absl::string_view text,
               size_t limit) {
  if (base::HasNul(text)) {
    problems.Violation(field, "must not hold a NUL byte");
  } else if (!base::IsValidUtf8(text)) {
    problems.Violation(field, "must be UTF-8");
  } else if (text.size() > limit && base::CodePoints(text) > limit) {
    problems.Violation(field, absl::StrCat("must have at most ", limit, " characters"));
  }
}

void CheckPerson(error::Error& problems, const Person& person) {
  CheckText(problems, "person.given_name", person.given_name, kNameLimit);
  CheckText(problems, "person.family_name", person.family_name, kNameLimit);
}

void CheckRevenue(error::Error& problems, const base::Money& revenue) {
  if (!base::IsCurrency(revenue.currency)) {
    problems.Violation("organization.annual_revenue.currency_code",
                       "must be an ISO 4217 code in upper case");
  }
  if (revenue.minor < 0) {
    problems.Violation("organization.annual_revenue.amount_minor", "must not be negative");
  }
}

void CheckOrganization(error::Error& problems, const Contact& contact,
                       const Organization& organization, bool with_domain) {
  CheckText(problems, "organization.industry", organization.industry, kNameLimit);
  CheckText(problems, "organization.location", organization.location, kNameLimit);
  if (with_domain && organization.domain != address::NormalizeDomain(organization.domain)) {
    problems.Violation("organization.domain",
                       "must be an internet domain of at most 253 characters");
  }
  if (organization.employee_count.value_or(0) < 0) {
    problems.Violation("organization.employee_count", "must not be negative");
  }
  const int64_t year = organization.founded_year.value_or(1);
  if (year < 1 || year > 9999) {
    problems.Violation("organization.founded_year", "must be from 1 to 9999");
  }
  if (organization.annual_revenue.has_value()) CheckRevenue(problems, *organization.annual_revenue);
  if (organization.parent == contact.id) {
    problems.Violation("organization.parent_organization", "must not be the organization itself");
  }
}

void CheckEmails(error::Error& problems, const std::vector<Email>& emails) {
  if (emails.size() > kListLimit) {
    problems.Violation("emails", absl::StrCat("must have at most ", kListLimit));
    return;
  }
  absl::flat_hash_set<absl::string_view> seen;
  int primaries = 0;
  for (size_t i = 0; i < emails.size(); ++i) {
    const Email& email = emails[i];
    const std::string path = absl::StrCat("emails[", i, "]");
    CheckText(problems, absl::StrCat(path, ".address"), email.address, kAddressLimit);
    CheckText(problems, absl::StrCat(path, ".label"), email.label, kLabelLimit);
    if (email.normalized.empty()) {
      problems.Violation(absl::StrCat(path, ".address"), "must be an e-mail address");
    } else if (!seen.insert(email.normalized).second) {
      problems.Violation(absl::StrCat(path, ".address"), "is the same as an earlier one");
    }
    primaries += email.primary ? 1 : 0;
  }
  if (primaries > 1) problems.Violation("emails", "must have at most one primary");
}

void CheckPhones(error::Error& problems, const std::vector<Phone>& phones) {
  if (phones.size() > kListLimit) {
    problems.Violation("phones", absl::StrCat("must have at most ", kListLimit));
    return;
  }
  for (size_t i = 0; i < phones.size(); ++i) {
    const std::string path = absl::StrCat("phones[", i, "]");
    CheckText(problems, absl::StrCat(path, ".number"), phones[i].number, kNumberLimit);
    CheckText(problems, absl::StrCat(path, ".label"), phones[i].label, kLabelLimit);
    if (base::Tidy(phones[i].number).empty()) {
      problems.Violation(absl::StrCat(path, ".number"), "is required");
    }
    if (!phones[i].region.empty() && !IsRegion(phones[i].region)) {
      problems.Violation(absl::StrCat(path, ".region"), "must be a CLDR region code, as CH");
    }
  }
}

void CheckEmployments(error::Error& problems, const Contact& contact) {
  const std::vector<Employment>& employments = contact.employments;
  if (contact.organization() != nullptr && !employments.empty()) {
    problems.Violation("employments", "an organization has none");
  }
  if (employments.size() > kListLimit) {
    problems.Violation("employments", absl::StrCat("must have at most ", kListLimit));
    return;
  }
  for (size_t i = 0; i < employments.size(); ++i) {
    const Employment& each = employments[i];
    const std::string path = absl::StrCat("employments[", i, "]");
    CheckText(problems, absl::StrCat(path, ".job_title"), each.job_title, kNameLimit);
    CheckText(problems, absl::StrCat(path, ".department"), each.department, kNameLimit);
    if (each.since.has_value() && each.until < *each.since && each.ended()) {
      problems.Violation(absl::StrCat(path, ".until"), "must not be before since");
    }
  }
  if (std::count_if(employments.begin(), employments.end(),
                    [](const Employment& each) { return each.primary; }) > 1) {
    problems.Violation("employments", "must have at most one primary");
  }
}

void CheckFields(error::Error& problems, const Contact& contact, bool with_domain) {
  CheckText(problems, "display_name", contact.display_name, kNameLimit);
  CheckText(problems, "owner", contact.owner, kActorLimit);
  CheckText(problems, "external_id", contact.external_id, kExternalIdLimit);
  if (contact.person() != nullptr) CheckPerson(problems, *contact.person());
  if (contact.organization() != nullptr) {
    CheckOrganization(problems, contact, *contact.organization(), with_domain);
  }
  CheckEmployments(problems, contact);
  CheckEmails(problems, contact.emails);
  CheckPhones(problems, contact.phones);
}

}  // namespace

bool IsRegion(absl::string_view text) {
  return text.size() == 2 && absl::ascii_isupper(text[0]) && absl::ascii_isupper(text[1]);
}

absl::Status CheckRules(const Contact& contact, bool with_domain) {
  error::Error problems = error::InvalidFields();
  if (contact.display_name.empty()) {
    problems.Violation("display_name", contact.person() != nullptr
                                           ? "needs a display name, a given name or a family name"
                                           : "is required for an organization");
  }
  CheckFields(problems, contact, with_domain);
  if (problems.HasViolations()) return problems;
  return absl::OkStatus();
}

absl::Status CheckGivenFields(const Contact& contact) {
  error::Error problems = error::InvalidFields();
  CheckFields(problems, contact, true);
  if (problems.HasViolations()) return problems;
  return absl::OkStatus();
}

}  // namespace crm::contact

#include "services/contact/domain/merge_field.h"

#include <algorithm>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace crm::contact {
namespace {

// A contact of the other kind has none of it.
struct TableField {
  const char* path;
  FieldValue (*get)(const Contact& contact);
  void (*set)(Contact& contact, const FieldValue& value);
};

template <class T>
FieldValue ValueIn(const T& field) {
  if constexpr (std::is_same_v<T, std::string>) {
    return field.empty() ? FieldValue() : FieldValue(field);
  } else {
    return field.has_value() ? FieldValue(*field) : FieldValue();
  }
}

template <class T>
void SetValue(T& field, const FieldValue& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    const auto* const text = std::get_if<std::string>(&value);
    field = text == nullptr ? "" : *text;
  } else {
    const auto* const given = std::get_if<typename T::value_type>(&value);
    field = given == nullptr ? T() : T(*given);
  }
}

template <auto kMember>
constexpr TableField OfContact(const char* path) {
  return {path, [](const Contact& contact) { return ValueIn(contact.*kMember); },
          [](Contact& contact, const FieldValue& value) { SetValue(contact.*kMember, value); }};
}

template <class Body, auto kMember>
constexpr TableField OfBody(const char* path) {
  return {path,
          [](const Contact& contact) {
            const auto* const body = std::get_if<Body>(&contact.body);
            return body == nullptr ? FieldValue() : ValueIn(body->*kMember);
          },
          [](Contact& contact, const FieldValue& value) {
            if (auto* const body = std::get_if<Body>(&contact.body)) {
              SetValue(body->*kMember, value);
            }
          }};
}

constexpr TableField kMergeFields[] = {
    OfContact<&Contact::display_name>(kDisplayNameField),
    OfContact<&Contact::owner>("owner"),
    OfContact<&Contact::external_id>("external_id"),
    OfBody<Person, &Person::given_name>("person.given_name"),
    OfBody<Person, &Person::family_name>("person.family_name"),
    OfBody<Organization, &Organization::domain>("organization.domain"),
    OfBody<Organization, &Organization::industry>("organization.industry"),
    OfBody<Organization, &Organization::employee_count>("organization.employee_count"),
    OfBody<Organization, &Organization::annual_revenue>("organization.annual_revenue"),
    OfBody<Organization, &Organization::parent>(kParentField),
    OfBody<Organization, &Organization::founded_year>("organization.founded_year"),
    OfBody<Organization, &Organization::location>("organization.location"),
};

const TableField* FindTableField(absl::string_view path) {
  const auto found = std::find_if(std::begin(kMergeFields), std::end(kMergeFields),
                                  [&](const TableField& field) { return field.path == path; });
  return found == std::end(kMergeFields) ? nullptr : found;
}

// The key of an attribute's path, empty if it is none.
std::string AttributeOf(absl::string_view path) {
  return absl::ConsumePrefix(&path, "attributes.") ? std::string(path) : std::string();
}

std::string MoneyText(const base::Money& money) {
  const int digits = base::MinorDigits(money.currency).value_or(0);
  if (digits == 0) return absl::StrCat(money.minor, " ", money.currency);
  int64_t unit = 1;
  for (int i = 0; i < digits; ++i) unit *= 10;
  return absl::StrFormat("%d.%0*d %s", money.minor / unit, digits, money.minor % unit,
                         money.currency);
}

}  // namespace

std::string TextOf(const FieldValue& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return *text;
  if (const auto* const id = std::get_if<base::Uuid>(&value)) return ContactName(*id);
  if (const auto* const number = std::get_if<int64_t>(&value)) return absl::StrCat(*number);
  if (const auto* const money = std::get_if<base::Money>(&value)) {
    return MoneyText(*money);
  }
  return "";
}

std::vector<std::string> MergeFields() {
  std::vector<std::string> paths;
  for (const TableField& field : kMergeFields) paths.push_back(field.path);
  return paths;
}

bool IsMergeField(absl::string_view path) {
  return FindTableField(path) != nullptr || !AttributeOf(path).empty();
}

FieldValue ValueAt(const Contact& contact, absl::string_view path) {
  if (const TableField* const field = FindTableField(path)) return field->get(contact);
  const auto found = contact.attributes.find(AttributeOf(path));
  return found == contact.attributes.end() ? FieldValue() : ValueIn(found->second);
}

void SetValueAt(Contact& contact, absl::string_view path, const FieldValue& value) {
  if (const TableField* const field = FindTableField(path)) {
    field->set(contact, value);
  } else if (IsEmpty(value)) {
    contact.attributes.erase(AttributeOf(path));
  } else {
    SetValue(contact.attributes[AttributeOf(path)], value);
  }
}

bool HasEmail(const Contact& contact, const Email& email) {
  return std::any_of(contact.emails.begin(), contact.emails.end(),
                     [&](const Email& one) { return one.normalized == email.normalized; });
}

bool HasPhone(const Contact& contact, const Phone& phone) {
  return std::any_of(contact.phones.begin(), contact.phones.end(), [&](const Phone& one) {
    return phone.e164.empty() ? one.number == phone.number
                              : one.e164 == phone.e164 && one.extension == phone.extension;
  });
}

}  // namespace crm::contact

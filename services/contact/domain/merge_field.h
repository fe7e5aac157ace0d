#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/contact/domain/contact.h"

// The fields of contacts as merges see them: those that are decided as a whole, and whether a list
// has an entry already.
namespace crm::contact {

// The value of a field that is decided as a whole; monostate: it is empty.
using FieldValue = std::variant<std::monostate, std::string, base::Uuid, int64_t, base::Money>;

inline constexpr char kDisplayNameField[] = "display_name";
inline constexpr char kParentField[] = "organization.parent_organization";

inline bool IsEmpty(const FieldValue& value) {
  return std::holds_alternative<std::monostate>(value);
}

// As people read it; empty if there is none.
std::string TextOf(const FieldValue& value);

// The paths of those that every contact has, in the order of the message; beside them there is
// "attributes.KEY" for each attribute.
std::vector<std::string> MergeFields();
bool IsMergeField(absl::string_view path);

// Empty if a contact of its kind has none.
FieldValue ValueAt(const Contact& contact, absl::string_view path);
void SetValueAt(Contact& contact, absl::string_view path, const FieldValue& value);

// Whether it has the same address, or the same number.
bool HasEmail(const Contact& contact, const Email& email);
bool HasPhone(const Contact& contact, const Phone& phone);

}  // namespace crm::contact

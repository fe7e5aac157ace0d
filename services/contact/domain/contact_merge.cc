#include "services/contact/domain/contact_merge.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::contact {
namespace {

constexpr size_t kMostListed = 20;  // e-mail addresses, numbers, employments
constexpr size_t kMostAttributes = 50;

FieldValue NameIn(const Contact& contact) {
  std::string name = DerivedName(contact);
  return name.empty() ? FieldValue() : FieldValue(std::move(name));
}

bool HasEmployment(const Contact& contact, Employment employment) {
  return std::any_of(contact.employments.begin(), contact.employments.end(),
                     [&](const Employment& one) {
                       employment.primary = one.primary;
                       return one == employment;
                     });
}

// The contacts of one merge.
class Merger {
 public:
  Merger(const Contact& survivor, absl::Span<const Contact> others,
         absl::Span<const MergeChoice> choices)
      : survivor_(survivor), others_(others), choices_(choices) {}

  absl::StatusOr<MergePlan> Plan() {
    ListFields();
    CRM_RETURN_IF_ERROR(CheckChoices());
    plan_.result = survivor_;
    for (const Contact& other : others_) Take(other);
    CRM_RETURN_IF_ERROR(CheckLimits());
    for (const std::string& field : fields_) AddOrigin(field);
    AddListOrigins(survivor_.id, survivor_.emails, survivor_.phones, survivor_.employments);
    for (size_t i = 0; i < others_.size(); ++i) {
      const Taken& taken = plan_.taken[i];
      AddListOrigins(others_[i].id, taken.emails, taken.phones, taken.employments);
    }
    return std::move(plan_);
  }

 private:
  const Contact* Find(const base::Uuid& id) const {
    if (survivor_.id == id) return &survivor_;
    for (const Contact& other : others_) {
      if (other.id == id) return &other;
    }
    return nullptr;
  }

  void ListFields() {
    std::set<std::string> attributes;
    const auto add = [&](const Contact& contact) {
      for (const auto& [key, value] : contact.attributes) attributes.insert("attributes." + key);
    };
    add(survivor_);
    for (const Contact& other : others_) add(other);
    fields_ = MergeFields();
    fields_.insert(fields_.end(), attributes.begin(), attributes.end());
  }

  // What the field of `contact` is to the merged one: no organization belongs to itself.
  FieldValue ValueOf(absl::string_view field, const Contact& contact) const {
    FieldValue value = ValueAt(contact, field);
    if (field != kParentField) return value;
    const auto* const parent = std::get_if<base::Uuid>(&value);
    return parent != nullptr && Find(*parent) != nullptr ? FieldValue() : value;
  }

  const MergeChoice* ChoiceOf(absl::string_view path) const {
    const auto found = std::find_if(choices_.begin(), choices_.end(),
                                    [&](const auto& choice) { return choice.field == path; });
    return found == choices_.end() ? nullptr : &*found;
  }

  absl::Status CheckChoices() const {
    error::Error problems = error::InvalidFields();
    for (size_t i = 0; i < choices_.size(); ++i) {
      const Contact* const contact = Find(choices_[i].contact);
      if (contact == nullptr) {
        problems.Violation(absl::StrCat("choices[", i, "].contact"), "is not among the contacts");
      } else if (IsEmpty(ValueOf(choices_[i].field, *contact))) {
        problems.Violation(absl::StrCat("choices[", i, "].contact"), "has no value of this field");
      }
    }
    return problems.HasViolations() ? absl::Status(problems) : absl::OkStatus();
  }

  void Set(Taken& taken, const std::string& field, FieldValue after) {
    FieldValue before = ValueAt(plan_.result, field);
    if (before == after) return;
    SetValueAt(plan_.result, field, after);
    taken.fields.push_back({field, std::move(before), std::move(after)});
  }

  void Take(const Contact& other) {
    Taken& taken = plan_.taken.emplace_back();
    const bool derived = plan_.result.display_name == DerivedName(plan_.result);
    for (const std::string& field : fields_) {
      const MergeChoice* const choice = ChoiceOf(field);
      FieldValue value = ValueOf(field, other);
      const bool chosen = choice != nullptr && choice->contact == other.id;
      const bool fills =
          choice == nullptr && !IsEmpty(value) && IsEmpty(ValueOf(field, plan_.result));
      if (chosen || fills) {
        Set(taken, field, std::move(value));
      } else if (ValueAt(plan_.result, field) == FieldValue(other.id)) {
        Set(taken, field, FieldValue());
      }
    }
    if (derived && ChoiceOf(kDisplayNameField) == nullptr) {
      Set(taken, kDisplayNameField, NameIn(plan_.result));
    }
    TakeLists(other, taken);
  }

  void TakeLists(const Contact& other, Taken& taken) {
    const bool first = plan_.result.emails.empty();
    for (Email email : other.emails) {
      if (HasEmail(plan_.result, email)) continue;
      email.primary = email.primary && first;
      plan_.result.emails.push_back(email);
      taken.emails.push_back(std::move(email));
    }
    for (const Phone& phone : other.phones) {
      if (HasPhone(plan_.result, phone)) continue;
      plan_.result.phones.push_back(phone);
      taken.phones.push_back(phone);
    }
    const bool unemployed = plan_.result.employment() == nullptr;
    for (Employment employment : other.employments) {
      if (HasEmployment(plan_.result, employment)) continue;
      employment.primary = employment.primary && unemployed;
      plan_.result.employments.push_back(employment);
      taken.employments.push_back(std::move(employment));
    }
  }

  absl::Status CheckLimits() const {
    const Contact& result = plan_.result;
    const std::tuple<size_t, size_t, const char*> limits[] = {
        {result.emails.size(), kMostListed, "have together more than 20 e-mail addresses"},
        {result.phones.size(), kMostListed, "have together more than 20 telephone numbers"},
        {result.employments.size(), kMostListed, "have together more than 20 employments"},
        {result.attributes.size(), kMostAttributes, "have together more than 50 attributes"}};
    for (const auto& [count, most, problem] : limits) {
      if (count > most) return error::FieldInvalid("others", problem);
    }
    return absl::OkStatus();
  }

  void AddOrigin(const std::string& field) {
    const FieldValue value = ValueAt(plan_.result, field);
    if (IsEmpty(value)) return;
    FieldOrigin origin{field, survivor_.id, TextOf(value), {}};
    bool found = false;
    const auto look_at = [&](const Contact& contact) {
      const FieldValue own = ValueOf(field, contact);
      if (own == value) {
        if (!found) origin.contact = contact.id;
        found = true;
      } else if (!IsEmpty(own)) {
        origin.alternatives.emplace_back(contact.id, TextOf(own));
      }
    };
    look_at(survivor_);
    for (const Contact& other : others_) look_at(other);
    plan_.origins.push_back(std::move(origin));
  }

  void AddListOrigins(const base::Uuid& contact, const std::vector<Email>& emails,
                      const std::vector<Phone>& phones,
                      const std::vector<Employment>& employments) {
    for (const Email& email : emails) {
      plan_.origins.push_back({"emails", contact, email.address, {}});
    }
    for (const Phone& phone : phones) {
      plan_.origins.push_back({"phones", contact, phone.number, {}});
    }
    for (const Employment& employment : employments) {
      plan_.origins.push_back({"employments", contact, ContactName(employment.organization), {}});
    }
  }

  const Contact& survivor_;
  const absl::Span<const Contact> others_;
  const absl::Span<const MergeChoice> choices_;
  std::vector<std::string> fields_;
  MergePlan plan_;
};

}  // namespace

absl::Status CheckMergeable(const Contact& survivor, absl::Span<const Contact> others) {
  CRM_RETURN_IF_ERROR(CheckLive(survivor));
  for (const Contact& other : others) {
    CRM_RETURN_IF_ERROR(CheckLive(other));
    if (other.id == survivor.id) {
      return error::FieldInvalid("others", "must not hold the survivor").ToStatus();
    }
    if (other.kind() != survivor.kind()) {
      return error::StateInvalid(ContactName(other.id),
                                 base::NameOf(kContactKindNames, other.kind()),
                                 "A person and an organization cannot be merged.")
          .With("allowedStates", base::NameOf(kContactKindNames, survivor.kind()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<MergePlan> PlanMerge(const Contact& survivor, absl::Span<const Contact> others,
                                    absl::Span<const MergeChoice> choices) {
  return Merger(survivor, others, choices).Plan();
}

std::string PlanToken(const Contact& survivor, absl::Span<const Contact> others) {
  std::string editions = absl::StrCat("merge ", survivor.edition());
  for (const Contact& other : others) {
    absl::StrAppend(&editions, ",", other.id.ToString(), ":", other.edition());
  }
  return base::Uuid::V5(survivor.id, editions).ToString();
}

void MarkMerged(Contact& contact, const base::Uuid& survivor, absl::Time now) {
  contact.delete_time = now;
  contact.merged_into = survivor;
}

}  // namespace crm::contact

#include "services/lead/capture/captured_contacts.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::lead {
namespace {

constexpr int kMostTurns = 6;

// Namespaces of the keys of claims, and of the ids that a request gives to what it makes.
constexpr base::Uuid kClaims(0x1c7d4b62e0f95a38, 0xb46a19d2735ec081);
constexpr base::Uuid kMade(0x84e2f7a15b3c5d90, 0xa7c80e6d2f4b9513);

base::Uuid MadeBy(const base::Uuid& request, absl::string_view what) {
  return base::Uuid::V5(kMade, absl::StrCat(request.ToString(), "/", what));
}

// What tells the contact: its address, else its number, else its name in its organization.
std::string KeyOf(const FoundContact& found, const ContactFacts& facts) {
  if (!found.email.empty()) return absl::StrCat("email/", found.email);
  if (!found.e164.empty()) return absl::StrCat("phone/", found.e164, "/", facts.display_name);
  if (found.domain.empty()) return "";
  return absl::StrCat("domain/", found.domain, "/", absl::AsciiStrToLower(facts.display_name));
}

// Whether the facts are about an organization and nobody in it.
bool TellsNobody(const ContactFacts& facts) {
  return facts.display_name.empty() && facts.email.empty() && facts.phone.empty();
}

std::string NameOfOrganization(const ContactFacts& facts, const FoundContact& found) {
  return facts.organization.empty() ? found.domain : facts.organization;
}

ContactDraft OrganizationDraft(const ContactFacts& facts, const FoundContact& found) {
  ContactDraft draft;
  draft.person = false;
  draft.display_name = NameOfOrganization(facts, found);
  draft.domain = found.domain;
  return draft;
}

ContactDraft PersonDraft(const ContactFacts& facts, const FoundContact& found) {
  ContactDraft draft;
  draft.display_name = facts.display_name;
  if (draft.display_name.empty())
    draft.display_name = facts.email.empty() ? facts.phone : facts.email;
  draft.email = facts.email;
  draft.phone = facts.phone;
  draft.organization = found.organization;
  return draft;
}

// Whether somebody else was first: look again.
bool Overtaken(const absl::Status& status) {
  return absl::IsAlreadyExists(status) || absl::IsFailedPrecondition(status);
}

absl::Status NothingToCompare() {
  return error::FieldInvalid("phone",
                             "must be a number that can be understood, with its country code, "
                             "unless an e-mail address or a domain is given");
}

}  // namespace

absl::StatusOr<CapturedContact> CapturedContacts::FindOrMake(const RegistryCaller& caller,
                                                             const ContactFacts& facts,
                                                             const base::Uuid& request,
                                                             absl::Time now) {
  std::optional<base::Uuid> gone;
  for (int turn = 0; turn < kMostTurns; ++turn) {
    CRM_ASSIGN_OR_RETURN(FoundContact found, registry_.Find(caller, facts));
    if (found.contact) return CapturedContact{*found.contact, false, found.by_email};
    const std::string key = KeyOf(found, facts);
    if (key.empty()) return NothingToCompare();
    const bool organization_only = TellsNobody(facts);
    if (!organization_only && !found.domain.empty() && !found.organization) {
      ContactDraft draft = OrganizationDraft(facts, found);
      draft.id = MadeBy(request, absl::StrCat("organization/", turn));
      draft.request = MadeBy(request, absl::StrCat("organization-request/", turn));
      const absl::Status made = registry_.Create(caller, draft);
      if (Overtaken(made)) continue;
      CRM_RETURN_IF_ERROR(made);
      found.organization = draft.id;
    }
    ContactDraft draft =
        organization_only ? OrganizationDraft(facts, found) : PersonDraft(facts, found);
    const ContactClaim claim{caller.tenant, base::Uuid::V5(kClaims, key),
                             MadeBy(request, absl::StrCat("contact/", turn)), gone, now};
    CRM_ASSIGN_OR_RETURN(draft.id, claims_.Claim(claim, caller.deadline));
    draft.request = MadeBy(request, absl::StrCat("contact-request/", draft.id.ToString()));
    const absl::Status made = registry_.Create(caller, draft);
    if (made.ok()) return CapturedContact{draft.id, true, !facts.email.empty()};
    if (!Overtaken(made)) return made;
    // If it is not found the next time either, it was deleted, or is somebody else by now.
    if (error::ReasonOf(made) == error::kDuplicateId) gone = draft.id;
  }
  return error::Error(absl::StatusCode::kAborted, error::kWriteConflict,
                      "Others are changing the contact.")
      .RetryAfter(absl::Seconds(1));
}

}  // namespace crm::lead

// Requests to the contact service.

#include "crm/contact/v1/contact_service.pb.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/contact_edit.h"
#include "services/contact/domain/search_query.h"
#include "services/contact/normalize/libphonenumber_normalizer.h"
#include "services/contact/rpc/account_checks.h"
#include "services/contact/rpc/contact_checks.h"
#include "services/contact/rpc/contact_proto.h"
#include "services/contact/rpc/erasure_checks.h"
#include "services/contact/rpc/search_checks.h"
#include "tests/fuzz/handled_request.h"

namespace crm::fuzz {
namespace {

const contact::PhoneNormalizer& Phones() {
  static const auto* const phones = new contact::LibphonenumberNormalizer("CH");
  return *phones;
}

void MakeContact(const contact::v1::CreateContactRequest& request) {
  contact::Contact draft = contact::FromProto(request.contact());
  draft.tenant = "acme";
  draft.id = base::Uuid(3, 4);
  if (Taken(Open(draft, Phones(), AnOccasion()))) RequireShownAs<contact::v1::Contact>(draft);
}

void ChangeContact(const contact::v1::UpdateContactRequest& request) {
  contact::Contact it;
  it.tenant = "acme";
  it.id = base::Uuid(3, 4);
  it.display_name = "Larkspur Optics";
  if (request.contact().has_organization()) it.body = contact::Organization();
  Require(Open(it, Phones(), AnOccasion()).ok(), "a plain contact is taken");
  const contact::ContactEdit edit = contact::EditFrom(request, contact::UpdatedFields(request));
  if (Taken(Edit(it, edit, Phones()))) RequireShownAs<contact::v1::Contact>(it);
}

}  // namespace

void ContactRequest(absl::string_view input) {
  static const auto* const methods = new std::vector<HandledMethod>{
      Handled<contact::v1::CreateContactRequest, contact::Check, MakeContact>(),
      Handled<contact::v1::UpdateContactRequest, contact::Check, ChangeContact>(),
      Handled<contact::v1::ListContactsRequest, contact::Check>(),
      Handled<contact::v1::FindContactsRequest, contact::Check>(),
      Handled<contact::v1::BatchGetContactsRequest, contact::Check>(),
      Handled<contact::v1::DeleteContactRequest, contact::Check>(),
      Handled<contact::v1::UndeleteContactRequest, contact::Check>(),
      Handled<contact::v1::ListRevisionsRequest, contact::Check>(),
      Handled<contact::v1::SearchContactsRequest, contact::Check>(),
      Handled<contact::v1::FindDuplicatesRequest, contact::Check>(),
      Handled<contact::v1::ListDuplicateGroupsRequest, contact::Check>(),
      Handled<contact::v1::EraseContactRequest, contact::Check>(),
      Handled<contact::v1::GetErasureRequest, contact::Check>(),
      Handled<contact::v1::ListAccountsRequest, contact::Check>(),
      Handled<contact::v1::UpdateAccountRequest, contact::Check>(),
      Handled<contact::v1::CloseAccountRequest, contact::Check>(),
      Handled<contact::v1::ReopenAccountRequest, contact::Check>(),
  };
  RunMethod(input, *methods);
}

}  // namespace crm::fuzz

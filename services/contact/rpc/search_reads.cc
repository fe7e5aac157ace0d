#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/page_token.h"
#include "common/serving/page_bytes.h"
#include "services/contact/domain/search_query.h"
#include "services/contact/rpc/contact_proto.h"
#include "services/contact/rpc/search_handlers.h"

namespace crm::contact {
namespace {

static_assert(static_cast<int>(MatchGrade::kTypingError) == v1::MATCH_GRADE_TYPING_ERROR);
static_assert(static_cast<int>(MatchedField::kExternalId) == v1::MATCHED_FIELD_EXTERNAL_ID);

std::vector<std::string> ToToken(const SearchPosition& position) {
  return {absl::StrCat(static_cast<int>(position.grade)), absl::StrCat(position.leader),
          absl::StrCat(position.scan), position.term, position.contact.ToString()};
}

// Nothing for the first page.
absl::StatusOr<std::optional<SearchPosition>> FromToken(const std::vector<std::string>& texts) {
  if (texts.empty()) return std::nullopt;
  SearchPosition position;
  int grade = 0;
  bool valid = texts.size() == 5 && absl::SimpleAtoi(texts[0], &grade) &&
               absl::SimpleAtoi(texts[1], &position.leader) &&
               absl::SimpleAtoi(texts[2], &position.scan);
  const auto contact = valid ? base::Uuid::Parse(texts[4]) : std::nullopt;
  valid = contact && grade >= static_cast<int>(MatchGrade::kExact) &&
          grade <= static_cast<int>(MatchGrade::kTypingError) && position.leader >= 0 &&
          position.scan >= 0;
  if (!valid) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                        "The page token is not valid.")
        .Violation("page_token", "must be a next_page_token of the same method");
  }
  position.grade = static_cast<MatchGrade>(grade);
  position.term = texts[3];
  position.contact = *contact;
  return position;
}

std::optional<ContactKind> KindOf(v1::ContactKind kind) {
  if (kind == v1::CONTACT_KIND_PERSON) return ContactKind::kPerson;
  if (kind == v1::CONTACT_KIND_ORGANIZATION) return ContactKind::kOrganization;
  return std::nullopt;
}

const v1::ContactHit& AddHit(const SearchHits& found, MatchGrade grade, const Contact& contact,
                             v1::SearchContactsResponse& response) {
  v1::ContactHit& hit = *response.add_hits();
  hit.set_name(ContactName(contact.id));
  ToProto(contact, *hit.mutable_contact());
  hit.set_grade(static_cast<v1::MatchGrade>(static_cast<int>(grade)));
  for (const MatchedField field : FieldsMatched(contact, found.units)) {
    hit.add_fields(static_cast<v1::MatchedField>(static_cast<int>(field)));
  }
  return hit;
}

// The contacts of the hits are read anew: one that was deleted since is left out.
absl::StatusOr<size_t> FillHits(const Ports& ports, const rpc::CallContext& context,
                                const SearchHits& found, size_t limit,
                                v1::SearchContactsResponse& response) {
  std::vector<aggregate::Key> keys;
  for (const SearchHit& hit : found.hits) keys.push_back({context.tenant, hit.contact});
  const auto contacts = ports.contacts.Get(keys, context.deadline);
  size_t count = 0;
  const size_t most = std::min(limit, contacts.size());
  for (size_t bytes = 0; count < most && bytes < serving::kPageBytes; ++count) {
    const absl::StatusOr<Contact>& contact = contacts[count];
    if (absl::IsNotFound(contact.status())) continue;
    if (!contact.ok()) return contact.status();
    if (contact->deleted()) continue;
    bytes += AddHit(found, found.hits[count].grade, *contact, response).ByteSizeLong();
  }
  return count;
}

}  // namespace

absl::Status SearchContacts(const Ports& ports, const rpc::CallContext& context,
                            const v1::SearchContactsRequest& request,
                            v1::SearchContactsResponse& response) {
  const std::string selection = absl::StrCat(request.query(), "\n", request.kind());
  const rpc::PageArguments bound{context.method, context.tenant, selection};
  CRM_ASSIGN_OR_RETURN(const auto texts, rpc::DecodePageToken(bound, request.page_token()));
  CRM_ASSIGN_OR_RETURN(const auto after, FromToken(texts));
  const auto limit = static_cast<size_t>(rpc::EffectivePageSize(request.page_size()));
  CRM_ASSIGN_OR_RETURN(
      const SearchHits found,
      ports.search.Find(context.tenant, ParseSearch(request.query(), context.tenant, ports.phones),
                        KindOf(request.kind()), limit + 1, after, context.deadline));
  CRM_ASSIGN_OR_RETURN(const size_t shown, FillHits(ports, context, found, limit, response));
  if (shown < found.hits.size()) {
    response.set_next_page_token(
        rpc::EncodePageToken(bound, ToToken(found.hits[shown - 1].position)));
  }
  return absl::OkStatus();
}

}  // namespace crm::contact

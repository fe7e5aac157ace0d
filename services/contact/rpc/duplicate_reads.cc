#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/page_token.h"
#include "common/rpc/resource_name.h"
#include "common/serving/list_page.h"
#include "common/serving/page_bytes.h"
#include "services/contact/domain/duplicate.h"
#include "services/contact/rpc/contact_proto.h"
#include "services/contact/rpc/duplicate_handlers.h"
#include "services/contact/rpc/search_handlers.h"

namespace crm::contact {
namespace {

constexpr int kUsualLeastScore = 600;

bool IsMoreLike(const Like& one, const Like& other) {
  return std::make_tuple(-one.likeness.score, one.contact.id) <
         std::make_tuple(-other.likeness.score, other.contact.id);
}

}  // namespace

int LeastScore(double asked) {
  return asked == 0 ? kUsualLeastScore : static_cast<int>(asked * 1000 + 0.5);
}

absl::Status BadDuplicateToken() {
  return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                      "The page token is not valid.")
      .Violation("page_token", "must be a next_page_token of the same method");
}

// All contacts that are like this one, the likest first.
absl::StatusOr<std::vector<Like>> LikesOf(const Ports& ports, const Contact& contact, int least,
                                          base::Deadline deadline) {
  std::vector<Like> likes;
  std::set<base::Uuid> seen;
  const auto compare = [&](absl::Span<const base::Uuid> ids) -> absl::Status {
    std::vector<aggregate::Key> keys;
    for (const base::Uuid& id : ids) {
      if (seen.insert(id).second) keys.push_back({contact.tenant, id});
    }
    if (keys.empty()) return absl::OkStatus();
    for (absl::StatusOr<Contact>& other : ports.contacts.Get(keys, deadline)) {
      if (absl::IsNotFound(other.status())) continue;
      if (!other.ok()) return other.status();
      if (other->deleted() || other->id == contact.id) continue;
      Likeness likeness = Compare(contact, *other, ports.public_mail_domains);
      if (likeness.score < std::max(least, 1)) continue;
      likes.push_back({std::move(likeness), *std::move(other)});
    }
    return absl::OkStatus();
  };
  CRM_RETURN_IF_ERROR(ports.duplicates.Candidates(contact, compare, deadline));
  std::sort(likes.begin(), likes.end(), IsMoreLike);
  return likes;
}

namespace {

const v1::Duplicate& AddDuplicate(const Like& like, v1::FindDuplicatesResponse& response) {
  v1::Duplicate& duplicate = *response.add_duplicates();
  duplicate.set_name(ContactName(like.contact.id));
  ToProto(like.contact, *duplicate.mutable_contact());
  ToProto(like.likeness, duplicate);
  return duplicate;
}

// The stored contact, or the draft in its normal form.
absl::StatusOr<Contact> Subject(const Ports& ports, const rpc::CallContext& context,
                                const v1::FindDuplicatesRequest& request) {
  if (!request.name().empty()) {
    const aggregate::Key key{context.tenant,
                             rpc::ParseName(request.name(), kContacts).value_or(base::Uuid())};
    return ports.contacts.Get(absl::MakeConstSpan(&key, 1), context.deadline)[0];
  }
  Contact draft = FromProto(request.contact());
  draft.tenant = context.tenant;
  Normalize(draft);
  NormalizePhones(draft, ports.phones);
  return draft;
}

}  // namespace

absl::Status FindDuplicates(const Ports& ports, const rpc::CallContext& context,
                            const v1::FindDuplicatesRequest& request,
                            v1::FindDuplicatesResponse& response) {
  v1::FindDuplicatesRequest asked = request;
  asked.clear_page_size();
  asked.clear_page_token();
  const std::string selection = asked.SerializeAsString();
  const rpc::PageArguments bound{context.method, context.tenant, selection};
  CRM_ASSIGN_OR_RETURN(const auto position, rpc::DecodePageToken(bound, request.page_token()));
  CRM_ASSIGN_OR_RETURN(const Contact subject, Subject(ports, context, request));
  CRM_ASSIGN_OR_RETURN(std::vector<Like> likes,
                       LikesOf(ports, subject, LeastScore(request.min_score()), context.deadline));
  if (!position.empty()) {
    Like last;
    const auto id = position.size() == 2 ? base::Uuid::Parse(position[1]) : std::nullopt;
    if (!id || !absl::SimpleAtoi(position[0], &last.likeness.score)) return BadDuplicateToken();
    last.contact.id = *id;
    likes.erase(likes.begin(), std::upper_bound(likes.begin(), likes.end(), last, IsMoreLike));
  }
  const auto limit = static_cast<size_t>(rpc::EffectivePageSize(request.page_size()));
  const size_t shown = serving::FillPage(
      likes, limit,
      [&](const Like& like) -> const v1::Duplicate& { return AddDuplicate(like, response); });
  if (shown < likes.size()) {
    const Like& last = likes[shown - 1];
    response.set_next_page_token(rpc::EncodePageToken(
        bound, {absl::StrCat(last.likeness.score), last.contact.id.ToString()}));
  }
  return absl::OkStatus();
}

}  // namespace crm::contact

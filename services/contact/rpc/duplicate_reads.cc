#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/listing/order.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "common/serving/list_page.h"
#include "common/serving/page_bytes.h"
#include "services/contact/domain/duplicate.h"
#include "services/contact/rpc/contact_proto.h"
#include "services/contact/rpc/search_handlers.h"

namespace crm::contact {
namespace {

static_assert(static_cast<int>(DuplicateRule::kNameSimilar) == v1::DUPLICATE_RULE_NAME_SIMILAR);

constexpr int kUsualLeastScore = 600;
constexpr size_t kMostExpanded = 10;  // members of a group whose own likenesses are looked for
constexpr int kWalked = 20;           // contacts of a walk that are read at once
constexpr absl::Duration kWalkTime = absl::Seconds(2);

// A contact that is like another one.
struct Like {
  Likeness likeness;
  Contact contact;
};

bool IsMoreLike(const Like& one, const Like& other) {
  return std::make_tuple(-one.likeness.score, one.contact.id) <
         std::make_tuple(-other.likeness.score, other.contact.id);
}

int LeastScore(double asked) {
  return asked == 0 ? kUsualLeastScore : static_cast<int>(asked * 1000 + 0.5);
}

absl::Status BadToken() {
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
      if (other->deleted()) continue;
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

template <class Message>
void ToProto(const Likeness& likeness, Message& message) {
  message.set_score(likeness.score / 1000.0);
  for (const FiredRule& fired : likeness.rules) {
    v1::FiredRule& rule = *message.add_rules();
    rule.set_rule(static_cast<v1::DuplicateRule>(static_cast<int>(fired.rule)));
    rule.set_similarity(fired.similarity / 1000.0);
  }
}

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
    if (!id || !absl::SimpleAtoi(position[0], &last.likeness.score)) return BadToken();
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

namespace {

// What a walk through the contacts that were made since a time needs.
struct Walk {
  const Ports& ports;
  const rpc::CallContext& context;
  std::optional<absl::Time> since;
  int least;

  bool Reaches(const Contact& contact) const {
    return !since.has_value() || contact.create_time >= *since;
  }
};

bool IsEarlier(const Contact& one, const Contact& other) {
  return std::tie(one.create_time, one.id) < std::tie(other.create_time, other.id);
}

// What decides whom a contact is like.
std::string SignatureOf(const Contact& contact) {
  std::string signature;
  for (const std::string& word : ComparedWords(contact)) absl::StrAppend(&signature, word, " ");
  for (const Phone& phone : contact.phones) absl::StrAppend(&signature, phone.e164, " ");
  return signature;
}

// The group that `first` is the earliest of: who is like it, and who is like those. Empty if it is
// nobody's, or if another contact that the walk reaches tells of it.
absl::StatusOr<std::vector<Like>> GroupOf(const Walk& walk, const Contact& first) {
  CRM_ASSIGN_OR_RETURN(std::vector<Like> group,
                       LikesOf(walk.ports, first, walk.least, walk.context.deadline));
  const bool told_before = std::any_of(group.begin(), group.end(), [&](const Like& like) {
    return walk.Reaches(like.contact) && IsEarlier(like.contact, first);
  });
  if (told_before) return std::vector<Like>();
  std::set<base::Uuid> members{first.id};
  std::set<std::string> expanded{SignatureOf(first)};
  for (const Like& like : group) members.insert(like.contact.id);
  for (size_t i = 0; i < group.size() && expanded.size() <= kMostExpanded; ++i) {
    if (!expanded.insert(SignatureOf(group[i].contact)).second) continue;
    CRM_ASSIGN_OR_RETURN(std::vector<Like> more,
                         LikesOf(walk.ports, group[i].contact, walk.least, walk.context.deadline));
    for (Like& like : more) {
      if (members.insert(like.contact.id).second) group.push_back(std::move(like));
    }
  }
  return group;
}

template <class Add>
size_t AddGroup(const Contact& first, const std::vector<Like>& group, const Add& add) {
  size_t bytes = 0;
  const auto add_one = [&](const Contact& contact, const Likeness* likeness) {
    v1::GroupedDuplicate& one = *add();
    one.set_name(ContactName(contact.id));
    one.set_group(ContactName(first.id));
    ToProto(contact, *one.mutable_contact());
    if (likeness != nullptr) ToProto(*likeness, one);
    bytes += one.ByteSizeLong();
  };
  add_one(first, nullptr);
  for (const Like& like : group) add_one(like.contact, &like.likeness);
  return bytes;
}

}  // namespace

absl::Status ListDuplicateGroups(const Ports& ports, const rpc::CallContext& context,
                                 const v1::ListDuplicateGroupsRequest& request,
                                 v1::ListDuplicateGroupsResponse& response) {
  Walk walk{ports, context, std::nullopt, LeastScore(request.min_score())};
  if (request.has_create_time_from()) walk.since = rpc::TimeFrom(request.create_time_from());
  const std::string selection =
      absl::StrCat(walk.least, "\n", request.create_time_from().ShortDebugString());
  const rpc::PageArguments bound{context.method, context.tenant, selection};
  CRM_ASSIGN_OR_RETURN(const auto position, rpc::DecodePageToken(bound, request.page_token()));
  listing::Query query;
  query.tenant = context.tenant;
  query.limit = kWalked;
  if (walk.since) query.after = listing::Cursor{*walk.since - absl::Microseconds(1), base::Uuid()};
  if (!position.empty()) {
    int64_t micros = 0;
    const auto id = position.size() == 2 ? base::Uuid::Parse(position[1]) : std::nullopt;
    if (!id || !absl::SimpleAtoi(position[0], &micros)) return BadToken();
    query.after = listing::Cursor{absl::FromUnixMicros(micros), *id};
  }
  // A call answers in time with what it has found so far, if only a token.
  const base::SteadyTime end =
      std::min(base::SteadyNow() + kWalkTime, base::SteadyNow() + context.deadline.Left() / 2);
  const auto limit = static_cast<size_t>(rpc::EffectivePageSize(request.page_size()));
  size_t groups = 0;
  size_t bytes = 0;
  while (true) {
    CRM_ASSIGN_OR_RETURN(const auto page, ports.reads.ListContacts(query, context.deadline));
    for (const Contact& contact : page) {
      CRM_ASSIGN_OR_RETURN(const auto group, GroupOf(walk, contact));
      if (!group.empty()) {
        bytes += AddGroup(contact, group, [&] { return response.add_contacts(); });
        ++groups;
      }
      query.after = listing::Cursor{contact.create_time, contact.id};
      if (groups < limit && bytes < serving::kPageBytes && base::SteadyNow() < end) continue;
      response.set_next_page_token(rpc::EncodePageToken(
          bound, {absl::StrCat(absl::ToUnixMicros(contact.create_time)), contact.id.ToString()}));
      return absl::OkStatus();
    }
    if (page.size() < static_cast<size_t>(kWalked)) return absl::OkStatus();
  }
}

}  // namespace crm::contact

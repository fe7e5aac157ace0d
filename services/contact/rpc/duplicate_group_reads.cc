#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/listing/order.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_values.h"
#include "common/serving/list_page.h"
#include "common/serving/page_bytes.h"
#include "services/contact/domain/duplicate_group.h"
#include "services/contact/rpc/contact_proto.h"
#include "services/contact/rpc/duplicate_handlers.h"
#include "services/contact/rpc/search_handlers.h"

namespace crm::contact {
namespace {

// More contacts are not walked through one by one, but by what they have in common.
constexpr int kMostWalked = 10000;
constexpr size_t kMostExpanded = 10;   // members of a group whose own likenesses are looked for
constexpr int kWalked = 20;            // contacts of a walk that are read at once
constexpr int kReadUnderTerms = 2000;  // the same of a walk by terms
constexpr size_t kReadAtOnce = 500;
constexpr size_t kMostCompared = 100;  // members of a group, to tell one's likeness
constexpr absl::Duration kWalkTime = absl::Seconds(2);

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

// What a response may hold. A call answers in time with what it has found so far, if only a token.
class GroupPage {
 public:
  GroupPage(const Walk& walk, const v1::ListDuplicateGroupsRequest& request,
            v1::ListDuplicateGroupsResponse& response)
      : response_(response),
        limit_(static_cast<size_t>(rpc::EffectivePageSize(request.page_size()))),
        end_(std::min(base::SteadyNow() + kWalkTime,
                      base::SteadyNow() + walk.context.deadline.Left() / 2)) {}

  bool IsLate() const { return base::SteadyNow() >= end_; }
  bool IsFull() const { return groups_ >= limit_ || IsHeavy(); }
  bool IsHeavy() const { return bytes_ >= serving::kPageBytes; }
  void EndGroup() { ++groups_; }
  // `likeness` is absent for the first one.
  void Add(const base::Uuid& first, const Contact& contact, const Likeness* likeness) {
    v1::GroupedDuplicate& one = *response_.add_contacts();
    one.set_name(ContactName(contact.id));
    one.set_group(ContactName(first));
    ToProto(contact, *one.mutable_contact());
    if (likeness != nullptr) ToProto(*likeness, one);
    bytes_ += one.ByteSizeLong();
  }

 private:
  v1::ListDuplicateGroupsResponse& response_;
  const size_t limit_;
  const base::SteadyTime end_;
  size_t groups_ = 0;
  size_t bytes_ = 0;
};

using Position = std::vector<std::string>;

// Gives the position after the page, none at the end.
absl::StatusOr<Position> WalkContacts(const Walk& walk, const Position& position, GroupPage& page) {
  listing::Query query;
  query.tenant = walk.context.tenant;
  query.limit = kWalked;
  if (walk.since) query.after = listing::Cursor{*walk.since - absl::Microseconds(1), base::Uuid()};
  if (!position.empty()) {
    int64_t micros = 0;
    const auto id = base::Uuid::Parse(position[1]);
    if (!id || !absl::SimpleAtoi(position[0], &micros)) return BadDuplicateToken();
    query.after = listing::Cursor{absl::FromUnixMicros(micros), *id};
  }
  while (true) {
    CRM_ASSIGN_OR_RETURN(const auto contacts,
                         walk.ports.reads.ListContacts(query, walk.context.deadline));
    for (const Contact& contact : contacts) {
      CRM_ASSIGN_OR_RETURN(const auto group, GroupOf(walk, contact));
      if (!group.empty()) {
        page.Add(contact.id, contact, nullptr);
        for (const Like& like : group) page.Add(contact.id, like.contact, &like.likeness);
        page.EndGroup();
      }
      query.after = listing::Cursor{contact.create_time, contact.id};
      if (!page.IsFull() && !page.IsLate()) continue;
      return Position{absl::StrCat(absl::ToUnixMicros(contact.create_time)), contact.id.ToString()};
    }
    if (contacts.size() < static_cast<size_t>(kWalked)) return Position();
  }
}

// The live ones among these, in this order.
absl::StatusOr<std::vector<Contact>> LiveContacts(const Walk& walk,
                                                  absl::Span<const base::Uuid> ids) {
  std::vector<aggregate::Key> keys;
  for (const base::Uuid& id : ids) keys.push_back({walk.context.tenant, id});
  auto& own = walk.ports.own_contacts ? *walk.ports.own_contacts : walk.ports.contacts;
  std::vector<Contact> live;
  for (absl::StatusOr<Contact>& contact : own.Get(keys, walk.context.deadline)) {
    if (absl::IsNotFound(contact.status())) continue;
    if (!contact.ok()) return contact.status();
    if (!contact->deleted()) live.push_back(*std::move(contact));
  }
  return live;
}

// Walks through the words and numbers that contacts have in common.
class TermWalk {
 public:
  TermWalk(const Walk& walk, GroupPage& page) : walk_(walk), page_(page) {}

  // A position is a term and how many contacts of its groups were told. Gives the one after the
  // page, none at the end.
  absl::StatusOr<Position> Run(const Position& position) {
    std::string from;
    int64_t told = 0;
    if (!position.empty()) {
      from = position[1];
      if (!absl::SimpleAtoi(position[2], &told) || told < 0) return BadDuplicateToken();
    }
    while (true) {
      CRM_ASSIGN_OR_RETURN(
          const std::vector<SharedTerm> terms,
          walk_.ports.duplicates.SharedTerms(walk_.context.tenant, from, kReadUnderTerms,
                                             walk_.context.deadline));
      if (terms.empty()) return Position();
      CRM_RETURN_IF_ERROR(ReadProfiles(terms));
      for (const SharedTerm& term : terms) {
        CRM_ASSIGN_OR_RETURN(const std::optional<size_t> left,
                             Tell(term, term.term == from ? static_cast<size_t>(told) : 0));
        if (left) return Position{"", term.term, absl::StrCat(*left)};
        from = term.term + "\x01";  // the next one that there may be
        told = 0;
        if (page_.IsFull() || page_.IsLate()) return Position{"", from, "0"};
      }
    }
  }

 private:
  absl::Status ReadProfiles(const std::vector<SharedTerm>& terms) {
    std::vector<base::Uuid> ids;
    for (const SharedTerm& term : terms) {
      ids.insert(ids.end(), term.contacts.begin(), term.contacts.end());
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    profiles_.clear();
    for (size_t at = 0; at < ids.size(); at += kReadAtOnce) {
      CRM_ASSIGN_OR_RETURN(const std::vector<Contact> contacts,
                           LiveContacts(walk_, absl::MakeConstSpan(ids).subspan(at, kReadAtOnce)));
      for (const Contact& contact : contacts) {
        profiles_.emplace(contact.id, ProfileOf(contact, walk_.ports.public_mail_domains));
      }
    }
    return absl::OkStatus();
  }

  // The groups under the term but for the first `told` contacts; how many were told in all, if it
  // did not come to the end.
  absl::StatusOr<std::optional<size_t>> Tell(const SharedTerm& term, size_t told) {
    std::vector<ContactProfile> profiles;
    for (const base::Uuid& id : term.contacts) {
      const auto found = profiles_.find(id);
      if (found != profiles_.end()) profiles.push_back(found->second);
    }
    size_t at = 0;
    for (const std::vector<size_t>& group : GroupsUnder(term.term, profiles, walk_.least)) {
      const bool reached = std::any_of(group.begin(), group.end(), [&](size_t one) {
        return !walk_.since || profiles[one].create_time >= *walk_.since;
      });
      if (!reached) continue;
      std::vector<base::Uuid> ids;
      for (const size_t one : group) ids.push_back(profiles[one].id);
      if (at + ids.size() > told) {
        if (page_.IsFull()) return std::max(at, told);
        const size_t before = told > at ? told - at : 0;
        CRM_ASSIGN_OR_RETURN(const size_t done, TellGroup(ids, before));
        if (done < ids.size()) return at + done;
        page_.EndGroup();
      }
      at += ids.size();
    }
    return std::nullopt;
  }

  // Those of the group from `from` on; how far it came.
  absl::StatusOr<size_t> TellGroup(const std::vector<base::Uuid>& ids, size_t from) {
    const absl::Span<const base::Uuid> all = absl::MakeConstSpan(ids);
    CRM_ASSIGN_OR_RETURN(const std::vector<Contact> known,
                         LiveContacts(walk_, all.subspan(0, kMostCompared)));
    for (; from < ids.size(); from += kReadAtOnce) {
      CRM_ASSIGN_OR_RETURN(const std::vector<Contact> contacts,
                           LiveContacts(walk_, all.subspan(from, kReadAtOnce)));
      for (const Contact& contact : contacts) {
        if (page_.IsHeavy()) return std::find(ids.begin(), ids.end(), contact.id) - ids.begin();
        const Likeness likeness = LikenessIn(known, contact);
        page_.Add(ids.front(), contact, contact.id == ids.front() ? nullptr : &likeness);
      }
    }
    return ids.size();
  }

  // To the first one, or else to another one that it is likest to.
  Likeness LikenessIn(const std::vector<Contact>& known, const Contact& contact) const {
    Likeness best;
    for (const Contact& one : known) {
      if (one.id == contact.id) continue;
      Likeness likeness = Compare(one, contact, walk_.ports.public_mail_domains);
      if (likeness.score > best.score) best = std::move(likeness);
      if (best.score >= walk_.least) break;
    }
    return best;
  }

  const Walk& walk_;
  GroupPage& page_;
  absl::flat_hash_map<base::Uuid, ContactProfile> profiles_;
};

}  // namespace

absl::Status ListDuplicateGroups(const Ports& ports, const rpc::CallContext& context,
                                 const v1::ListDuplicateGroupsRequest& request,
                                 v1::ListDuplicateGroupsResponse& response) {
  Walk walk{ports, context, std::nullopt, LeastScore(request.min_score())};
  if (request.has_create_time_from()) walk.since = rpc::TimeFrom(request.create_time_from());
  const std::string selection =
      absl::StrCat(walk.least, "\n", request.create_time_from().ShortDebugString());
  const rpc::PageArguments bound{context.method, context.tenant, selection};
  CRM_ASSIGN_OR_RETURN(const Position position, rpc::DecodePageToken(bound, request.page_token()));
  if (!position.empty() && position.size() != 2 && position.size() != 3) {
    return BadDuplicateToken();
  }
  bool by_terms = position.size() == 3;
  if (position.empty()) {
    CRM_ASSIGN_OR_RETURN(by_terms, ports.duplicates.HasMoreThan(kMostWalked, context.tenant,
                                                                walk.since, context.deadline));
  }
  GroupPage page(walk, request, response);
  CRM_ASSIGN_OR_RETURN(const Position next, by_terms ? TermWalk(walk, page).Run(position)
                                                     : WalkContacts(walk, position, page));
  if (!next.empty()) response.set_next_page_token(rpc::EncodePageToken(bound, next));
  return absl::OkStatus();
}

}  // namespace crm::contact

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "common/aggregate/revision.h"
#include "common/listing/query.h"
#include "common/pg/pool.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/contact_keys.h"

namespace crm::contact {

// Facts in the forms in which they are compared; empty: not known.
struct ContactFacts {
  std::string email;
  std::string e164;
  std::string domain;
  std::string display_name;
};

// By what contacts were found.
enum class MatchRule { kNone, kEmail, kPhone, kNameAndDomain, kDomain };

// Whom facts can only be about.
struct ContactMatches {
  std::vector<Contact> contacts;  // live ones, at most kMostMatches
  MatchRule rule = MatchRule::kNone;
  std::optional<base::Uuid> organization;  // the live one with the domain
};

inline constexpr int kMostMatches = 20;

// Reads beside the contacts' repository: lists, and accounts, which only the lifecycle writes.
// Thread-safe; blocks.
class ContactReads {
 public:
  // `pool` must outlive the reads.
  explicit ContactReads(pg::Pool& pool) : pool_(pool) {}

  // One page; DATA_LOSS DATA_DAMAGED if a row of it cannot be read.
  absl::StatusOr<std::vector<Contact>> ListContacts(const listing::Query& query,
                                                    base::Deadline deadline) const;
  absl::StatusOr<std::vector<Account>> ListAccounts(const listing::Query& query,
                                                    base::Deadline deadline) const;

  // The live contacts with the e-mail address; else with the telephone number; else in the
  // organization with the domain. By the latter two it has to be a namesake if a name is given, and
  // by the domain it is the organization itself if none is. The
  // oldest first. DATA_LOSS DATA_DAMAGED if a row cannot be read. Blocks for up to three reads.
  absl::StatusOr<ContactMatches> FindByFacts(const std::string& tenant, const ContactFacts& facts,
                                             base::Deadline deadline) const;

  // Who of the live contacts holds each of `keys`: see FindKeyHolders.
  absl::StatusOr<KeyHolders> HoldersOf(const std::string& tenant, absl::Span<const ContactKey> keys,
                                       base::Deadline deadline) const;

  // At most `limit` contacts of all tenants beyond `after`, deleted ones too, in order of tenant
  // and id. DATA_LOSS DATA_DAMAGED if one cannot be read.
  absl::StatusOr<std::vector<Contact>> ContactsAfter(const aggregate::Key& after, int limit,
                                                     base::Deadline deadline) const;

  // The accounts of `keys`, in that order, each with its own error as aggregate::Repository has it.
  std::vector<absl::StatusOr<Account>> GetAccounts(absl::Span<const aggregate::Key> keys,
                                                   base::Deadline deadline) const;

  // The same, but of those that are part of others these others.
  std::vector<absl::StatusOr<Account>> GetSurvivingAccounts(absl::Span<const aggregate::Key> keys,
                                                            base::Deadline deadline) const;

  // At most `limit` revisions of one contact or account beyond `after`, in order; none if there is
  // no such thing. DATA_LOSS DATA_DAMAGED if one of them cannot be read.
  absl::StatusOr<std::vector<aggregate::ReadRevision<Contact>>> ContactRevisions(
      const aggregate::Key& key, int64_t after, int limit, base::Deadline deadline) const;
  absl::StatusOr<std::vector<aggregate::ReadRevision<Account>>> AccountRevisions(
      const aggregate::Key& key, int64_t after, int limit, base::Deadline deadline) const;

  // `present`, which has just been read, as it was at `moment`: see aggregate::AsOf.
  absl::StatusOr<Contact> AsOf(const Contact& present, const aggregate::Moment& moment,
                               base::Deadline deadline) const;
  absl::StatusOr<Account> AsOf(const Account& present, const aggregate::Moment& moment,
                               base::Deadline deadline) const;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::contact

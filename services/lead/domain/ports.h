#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "common/base/tenant_key.h"
#include "common/base/uuid.h"
#include "services/lead/domain/opportunity_order.h"
#include "services/lead/domain/planned_field.h"

// What leads need from outside. Every implementation is thread-safe; all methods block.
namespace crm::lead {

enum class Opening {
  kUnknown,  // unavailable, too slow, overloaded: it may exist or not; to be tried again
  kFaulty,  // the same, but by a fault that trying again seldom mends, or not by the service's word
  kOpened,  // it exists, for this lead, by this or an earlier attempt
  kRefused,  // this attempt opened nothing, and no other will; an earlier one may have
};

struct OpeningReply {
  Opening opening = Opening::kUnknown;
  std::string reason;  // a reason code, unless opened
};

// Where opportunities are opened, or leads attached to those that are there.
class OpportunityOpener {
 public:
  virtual ~OpportunityOpener() = default;

  // Orders all at once and returns when every one is answered or its deadline has passed. An order
  // that is given again opens no second opportunity. Whose plan names an opportunity is attached to
  // it, which "opened" means then.
  virtual void Open(absl::Span<const OpportunityOrder> orders,
                    absl::Span<OpeningReply> replies) = 0;

  // Looks whether the orders' opportunities exist, in the same way: kOpened, or kRefused if it is
  // not there or is another lead's or none's.
  virtual void Find(absl::Span<const OpportunityOrder> orders,
                    absl::Span<OpeningReply> replies) = 0;
};

// Where contacts get their employer.
class EmployerLinker {
 public:
  virtual ~EmployerLinker() = default;

  // Makes the organization, unless it is there, and has the contact work in it. An order that is
  // given again makes no second organization and no second employment, and gives none back that
  // somebody has taken away meanwhile. kOpened: it is so, or was; kRefused: it cannot be. Ends at
  // the order's deadline.
  virtual OpeningReply Link(const EmploymentOrder& order) = 0;
};

// A request to convert, which may have been seen before.
struct ConversionQuestion {
  std::string tenant;
  base::Uuid request_id;
  base::Uuid conversion;
};

// What is known of it.
struct KnownConversion {
  std::optional<base::Uuid> lead;           // the lead whose conversion it began
  std::string conversion_hash;              // the hash of the request that began it
  std::optional<std::string> refusal;       // the cause, if that conversion was abandoned
  std::optional<std::string> fault;         // the last one, if it needs attention
  bool given_up = false;                    // somebody has decided to give it up
  std::optional<absl::Time> refused_since;  // see Postponement
  // Hash and answer of the finished request with this id, to whatever method, as long as answers
  // are kept.
  std::optional<std::string> answered_hash;
  std::string answer;
};

// An unfinished conversion whose next attempt is due.
struct DueConversion {
  std::string tenant;
  base::Uuid conversion;
  base::Uuid lead;
  int64_t attempt = 0;  // how often it has been taken, this time included
  bool given_up = false;
  std::optional<absl::Time> refused_since = std::nullopt;
};

// An attempt that did not decide the conversion.
struct Postponement {
  std::string tenant;
  base::Uuid conversion;
  absl::Time time;  // of the attempt
  absl::Time next_attempt;
  // kRefused: the order was refused and its opportunity is not there, yet an earlier attempt may
  // still be under way.
  Opening opening = Opening::kUnknown;
  std::string error;  // a reason code, for the operator
};

// Those that are not finished.
struct PendingConversions {
  int64_t count = 0;                 // that go on by themselves, up to 10,000
  std::optional<absl::Time> oldest;  // when the oldest of those counted began
  int64_t need_attention = 0;        // that wait for somebody, up to 10,000
};

// A conversion that waits for somebody.
struct StuckConversion {
  std::string tenant;
  base::Uuid conversion;
  base::Uuid lead;
  base::Uuid opportunity;
  int64_t attempt = 0;
  std::string error;  // of the last attempt
  absl::Time create_time;
  absl::Time attempt_time;  // of the last attempt
};

// The record of all conversions and the queue of unfinished ones. Rows are written with their
// leads; this reads them and hands out work.
class ConversionStore {
 public:
  virtual ~ConversionStore() = default;

  // One answer per question, in order; DATA_LOSS DATA_DAMAGED where what is known cannot be read.
  virtual absl::StatusOr<std::vector<absl::StatusOr<KnownConversion>>> LookUp(
      absl::Span<const ConversionQuestion> questions, base::Deadline deadline) = 0;

  // Takes at most `limit` unfinished conversions that are due at `now`; no other call gets them
  // before `lease_end`. DATA_LOSS DATA_DAMAGED for each that cannot be read.
  virtual absl::StatusOr<std::vector<absl::StatusOr<DueConversion>>> TakeDue(
      absl::Time now, absl::Time lease_end, int limit, base::Deadline deadline) = 0;

  // What is unfinished, at a cost that does not grow with the conversions that are finished.
  virtual absl::StatusOr<PendingConversions> CountPending(base::Deadline deadline) = 0;

  // Sets the times of the next attempts. One that has met nothing but faults for kMostFaultTime is
  // NEEDS_ATTENTION and has none. Conversions that are finished or need attention are left alone.
  // Returns how many need attention now that did not before.
  virtual absl::StatusOr<int> Postpone(absl::Span<const Postponement> postponements,
                                       base::Deadline deadline) = 0;

  // Those that need attention, of all tenants, oldest first, at most `limit`.
  virtual absl::StatusOr<std::vector<StuckConversion>> ListStuck(int limit,
                                                                 base::Deadline deadline) = 0;

  // Those of `conversions` that need attention, or all that do if there are none, are due at `now`:
  // to be tried anew, or to be given up, which happens if their opportunity turns out not to be
  // there; else they are completed. Ids of other tenants count too. Returns how many.
  virtual absl::StatusOr<int> Resume(absl::Span<const base::Uuid> conversions, bool give_up,
                                     absl::Time now, base::Deadline deadline) = 0;
};

// What would become of an opportunity that a lead is attached to.
struct AttachmentOutlook {
  absl::Status refusal;              // by the opportunity service; OK: it would be attached
  std::string etag;                  // the present one; empty: there is no such opportunity
  std::vector<PlannedField> fields;  // after it, or as they are; kLead: filled

  friend bool operator==(const AttachmentOutlook&, const AttachmentOutlook&) = default;
};

// By what the employer of a plan was found.
enum class EmployerMatch {
  kNone,     // the plan names none
  kRequest,  // the request names it
  kDomain,   // it has the domain
  kNew,      // there is none: it is to be made
};

// The employer that a conversion would give its contact.
struct EmployerOutlook {
  EmployerMatch match = EmployerMatch::kNone;
  std::string organization;  // "contacts/{uuid}"; empty if it is to be made
  // The request names it, and it is no live organization.
  bool missing = false;

  friend bool operator==(const EmployerOutlook&, const EmployerOutlook&) = default;
};

// What a conversion rests on outside of its lead.
struct ConversionFacts {
  // Another one after each change of the contact, but for its stage, which follows its leads by
  // itself. Empty: there is no such contact, or it is deleted.
  std::string contact_version;
  // "contacts/{uuid}": that of a person, or the contact itself; or empty.
  std::string organization;
  std::string pipeline_etag;  // empty: there is no such pipeline
  bool pipeline_archived = false;
  std::optional<AttachmentOutlook> attachment = {};  // if the plan names an opportunity
  EmployerOutlook employer = {};

  friend bool operator==(const ConversionFacts&, const ConversionFacts&) = default;
};

// Looks at them. Thread-safe; blocks.
class ConversionFactFinder {
 public:
  virtual ~ConversionFactFinder() = default;

  // `pipeline` is a resource name. UNAVAILABLE NEIGHBOUR_UNAVAILABLE if the contact or the
  // opportunity service does not answer within the deadline and two seconds.
  virtual absl::StatusOr<ConversionFacts> Find(const std::string& tenant, const base::Uuid& contact,
                                               const std::string& pipeline,
                                               base::Deadline deadline) = 0;

  // What the opportunity service would do with an order to attach; changes nothing. Errors as
  // above.
  virtual absl::StatusOr<AttachmentOutlook> FindAttachment(const OpportunityOrder& order) = 0;

  // Whom `employer` means. Errors as those of Find, and INVALID_ARGUMENT FIELD_INVALID for a domain
  // that is none.
  virtual absl::StatusOr<EmployerOutlook> FindEmployer(const std::string& tenant,
                                                       const PlannedEmployer& employer,
                                                       base::Deadline deadline) = 0;
};

}  // namespace crm::lead

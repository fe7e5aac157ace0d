#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "common/pg/transaction.h"
#include "common/stage/record_change.h"

namespace crm::stage {

// What a record that corrects an earlier one says in its place; the record's own effective time
// stands there too.
struct StageCorrection {
  int64_t version = 0;  // that is superseded
  std::string stage;
  std::string type;
  std::string stage_key;  // across pipelines
  std::string stage_name;
  std::optional<int> probability;  // percent
  std::string category;
  absl::Time superseded_effective;
  // When the present stage was entered, as known before and after.
  absl::Time enter_time_before;
  absl::Time enter_time;

  friend bool operator==(const StageCorrection&, const StageCorrection&) = default;
};

// One stage move as the store of a service hands it to RecordStages. Everything but `note` is
// published, so nothing else may hold personal data. Empty or absent means "does not apply".
struct StageRecord {
  std::string tenant;
  std::string kind;     // "contact", "account", "lead" or "opportunity"
  base::Uuid id;        // of the thing that moved
  int64_t version = 0;  // counts this thing's moves: 1, 2, 3… without holes
  base::Uuid event_id;  // version 7

  std::string from_stage;  // empty on the first move
  std::string from_type;
  std::string to_stage;
  std::string to_type;
  // "pipelines/{id}", and what the stages are called across pipelines.
  std::string from_pipeline;
  std::string to_pipeline;
  std::string from_stage_key;
  std::string to_stage_key;
  std::string from_name;  // of the stages, at that time
  std::string to_name;
  std::string change_kind;  // "MOVED", …
  absl::Time effective;     // never before the previous version's, but for corrections
  absl::Time recorded;
  std::optional<absl::Duration> time_in_previous;

  std::string actor;
  std::string reason;  // a code
  std::string note;    // free text; goes to stage_history, never into the event
  bool overridden = false;
  std::vector<std::string> gates;  // what was overridden
  std::vector<std::string> met_gates;

  // Resource names, e.g. "contacts/018f…".
  std::string contact;
  std::string lead;
  std::string opportunity;
  std::string account;
  std::string merged_into;  // of what became part of another thing
  std::string owner;

  std::optional<base::Money> amount_before;
  std::optional<base::Money> amount_after;
  std::optional<base::Money> win_amount;
  std::optional<int> probability_before;  // percent
  std::optional<int> probability_after;
  std::string category_before;
  std::string category_after;
  std::optional<absl::CivilDay> close_date_before;
  std::optional<absl::CivilDay> close_date_after;
  std::optional<StageCorrection> correction;

  std::string causation_id;
  std::string correlation_id;
  std::string request_id;
  std::string traceparent;

  friend bool operator==(const StageRecord&, const StageRecord&) = default;
};

// Defers the writing of stage history and outbox rows of `records`, and of the outbox rows of those
// `changes` that no record tells, to the next round trip of `transaction`: two statements however
// many records there are, three if some are corrections. The rows of the things concerned must
// already be locked or inserted in this transaction (the order of events rests on it), records of
// one thing must stand in the order of their versions, and changes of one in that of their
// revisions; among each other they are put in order by `stage_version`. After the commit, poke the
// relay. INTERNAL if an event would exceed 48 KiB or its kind is unknown.
absl::Status RecordStages(pg::Transaction& transaction, absl::Span<const StageRecord> records,
                          absl::Span<const RecordChange> changes = {});

}  // namespace crm::stage

#include "common/webhook/dispatch_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/event/outbox.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "common/webhook/dispatch_statements.h"
#include "common/webhook/payload.h"

namespace crm::webhook {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

base::Deadline Soon() { return base::Deadline::After(kPatience); }

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// Columns of CRM_TARGET_COLUMNS from `first` on.
Target TargetOf(pg::RowReader& read, int first) {
  Target target;
  target.webhook.tenant = read.Text(first);
  target.webhook.id = read.Uuid(first + 1);
  target.webhook.revision = read.Int(first + 2);
  target.round = read.Int(first + 3);
  target.webhook.url = read.Text(first + 4);
  target.webhook.types = Lines(read.Text(first + 5));
  target.webhook.subjects = Lines(read.Text(first + 6));
  target.webhook.to_stages = Lines(read.Text(first + 7));
  target.secrets = Lines(read.TextOrEmpty(first + 8));
  return target;
}

Delivery UnfinishedRow(pg::RowReader& read, const Target& target, int partition) {
  Delivery delivery;
  delivery.partition = partition;
  delivery.tenant = target.webhook.tenant;
  delivery.webhook = target.webhook.id;
  delivery.id = read.Uuid(0);
  delivery.sequence = read.Int(1);
  delivery.type = read.Text(2);
  delivery.subject = read.Text(3);
  delivery.state = read.Enum(4, kDeliveryStateNames);
  delivery.attempts = read.Int(5);
  delivery.create_time = read.Time(6);
  delivery.first_attempt_time = read.OptionalTime(7);
  delivery.last_attempt_time = read.OptionalTime(8);
  delivery.next_attempt_time = read.OptionalTime(9);
  delivery.last_result = read.Enum(10, kResultNames);
  delivery.http_status = read.Int(11);
  delivery.duration_ms = read.Int(12);
  return delivery;
}

void AddDelivery(const Delivery& d, int64_t round, pg::Columns& columns) {
  columns.Add(d.tenant, d.webhook, d.id, d.sequence, round, d.type, d.subject,
              base::NameOf(kDeliveryStateNames, d.state), d.attempts, d.create_time,
              d.first_attempt_time, d.last_attempt_time, d.next_attempt_time,
              base::NameOf(kResultNames, d.last_result), d.http_status, d.duration_ms, d.partition);
}

}  // namespace

absl::StatusOr<bool> DispatchStore::TryLead() {
  const std::string lock = partition_ == 0 ? ".webhooks" : absl::StrCat(".webhooks.", partition_);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, connection_.Query(pg::Tenants::None(), kTryLead,
                                                              pg::MakeParams(lock), Soon()));
  pg::RowReader read(rows[0]);
  return read.Checked(read.Bool(0), "webhooks");
}

absl::StatusOr<std::vector<Target>> DispatchStore::Targets(absl::Time now) {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      connection_.Query(pg::Tenants::All(), kTargets, pg::MakeParams(now, partition_), Soon()));
  std::vector<Target> targets;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    Target target = TargetOf(read, 0);
    target.position = read.Int(9);
    target.failing_since = read.OptionalTime(10);
    target.last_success_time = read.OptionalTime(11);
    if (!read.ok()) return read.Damage("webhooks");
    targets.push_back(std::move(target));
  }
  return targets;
}

absl::StatusOr<std::vector<WaitingTest>> DispatchStore::Tests(absl::Time now, int limit) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, connection_.Query(pg::Tenants::All(), kTests,
                                                              pg::MakeParams(now, limit), Soon()));
  std::vector<WaitingTest> tests;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    WaitingTest test;
    test.event_id = read.Uuid(0);
    test.create_time = read.Time(1);
    test.target = TargetOf(read, 2);
    if (!read.ok()) return read.Damage("webhooks");
    tests.push_back(std::move(test));
  }
  return tests;
}

absl::StatusOr<DispatchStore::Unfinished> DispatchStore::UnfinishedOf(const Target& target) {
  const Webhook& webhook = target.webhook;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       connection_.Query(pg::Tenants(webhook.tenant), kUnfinished,
                                         pg::MakeParams(webhook.tenant, webhook.id, target.round,
                                                        target.position, partition_),
                                         Soon()));
  Unfinished unfinished;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    Delivery delivery = UnfinishedRow(read, target, partition_);
    if (!read.ok()) return read.Damage(NameOf(webhook.id));
    if (delivery.sequence > target.position) unfinished.known.insert(delivery.sequence);
    if (delivery.state != DeliveryState::kPending) continue;
    unfinished.pending.push_back(std::move(delivery));
  }
  return unfinished;
}

absl::StatusOr<std::vector<event::LogRow>> DispatchStore::Events(
    absl::Span<const int64_t> sequences) {
  std::vector<event::LogRow> found;
  if (sequences.empty()) return found;
  pg::Columns columns;
  for (const int64_t sequence : sequences) columns.Add(sequence);
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      connection_.Query(pg::Tenants::All(), kEvents, columns.ToParams().Add(partition_), Soon()));
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(event::LogRow event, event::LogRowOf(row));
    pg::RowReader read(row);
    event.tenant = read.Text(5);
    if (!read.ok()) return read.Damage("event_log");
    found.push_back(std::move(event));
  }
  return found;
}

absl::StatusOr<std::vector<Endpoint::Hold>> DispatchStore::HoldsOf(
    absl::Span<const Target* const> targets) {
  std::vector<Endpoint::Hold> holds(targets.size());
  pg::Columns columns;
  for (const Target* target : targets) columns.Add(target->webhook.tenant, target->webhook.id);
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      connection_.Query(pg::Tenants::All(), kHolds, columns.ToParams().Add(partition_), Soon()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const size_t index = read.Index(0, holds.size());
    const std::string subject = read.Text(1);
    const int64_t beyond = read.Int(2);
    if (!read.ok()) return read.Damage("webhooks");
    Endpoint::Hold& hold = holds[index];
    (subject.empty() ? hold.all_beyond : hold.beyond[subject]) = beyond;
  }
  return holds;
}

absl::Status DispatchStore::Save(absl::Span<const Progress> progress,
                                 absl::Span<const Delivery> deliveries) {
  pg::Columns moves;
  for (const Progress& each : progress) {
    moves.Add(each.tenant, each.webhook, each.round, each.position, each.failing_since,
              each.last_success);
  }
  pg::Columns rows;
  size_t at = 0;  // deliveries come in the order of the progress
  for (const Delivery& delivery : deliveries) {
    while (progress[at].tenant != delivery.tenant || progress[at].webhook != delivery.webhook) ++at;
    AddDelivery(delivery, progress[at].round, rows);
  }
  pg::Transaction transaction(connection_, pg::TenantsOf(progress), Soon());
  if (partition_ == 0) {
    CRM_RETURN_IF_ERROR(transaction.Defer(kMove, moves));
  } else {
    CRM_RETURN_IF_ERROR(transaction.Defer(kMovePartition, moves.ToParams().Add(partition_)));
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kRecord, rows));
  return transaction.Commit();
}

absl::Status DispatchStore::SaveTests(absl::Span<const Delivery> deliveries) {
  pg::Columns rows;
  for (const Delivery& delivery : deliveries) AddDelivery(delivery, 0, rows);
  pg::Transaction transaction(connection_, pg::TenantsOf(deliveries), Soon());
  CRM_RETURN_IF_ERROR(transaction.Defer(kRecord, rows));
  return transaction.Commit();
}

absl::StatusOr<bool> DispatchStore::Disable(const std::string& service, const Target& target,
                                            DisableReason reason, const base::Uuid& event_id,
                                            absl::Time now) {
  const Webhook& webhook = target.webhook;
  const absl::string_view name = base::NameOf(kDisableReasonNames, reason);
  pg::Transaction transaction(connection_, pg::Tenants(webhook.tenant), Soon());
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kDisableDead, pg::MakeParams(webhook.tenant, webhook.id,
                                                                      target.round, name, now)));
  if (rows.size() == 0) return false;
  const event::EventRecord notice{
      event_id, webhook.tenant, webhook.id, 0,
      DisabledNotice(service, webhook.tenant, webhook.id, event_id, name, now).SerializeAsString()};
  CRM_RETURN_IF_ERROR(event::AddToOutbox(transaction, absl::MakeConstSpan(&notice, 1)));
  CRM_RETURN_IF_ERROR(transaction.Commit());
  return true;
}

}  // namespace crm::webhook

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/aggregate/listing.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/webhook/webhook_rows.h"
#include "common/webhook/webhook_statements.h"
#include "common/webhook/webhook_store.h"

namespace crm::webhook {
namespace {

using listing::Field;
using listing::FieldType;

constexpr aggregate::ListedTable kWebhooks{kSelectWebhooks, nullptr};
constexpr aggregate::ListedTable kDeliveries{kSelectDeliveries, nullptr};

constexpr auto kStates = listing::NamesIn(kStateNames);
constexpr auto kReasons = listing::NamesIn(kDisableReasonNames);
constexpr auto kDeliveryStates = listing::NamesIn(kDeliveryStateNames);
constexpr auto kResults = listing::NamesIn(kResultNames);

// But for the first, which is none.
template <class Names>
constexpr absl::Span<const absl::string_view> Given(const Names& names) {
  return absl::MakeConstSpan(names).subspan(1);
}

constexpr Field NumberField(absl::string_view name, absl::string_view column) {
  return {.name = name, .type = FieldType::kNumber, .column = column, .operators = listing::kRange};
}
constexpr Field NumberField(absl::string_view name) { return NumberField(name, name); }

constexpr Field kWebhookFields[] = {listing::EnumField("state", kStates),
                                    listing::EnumField("disable_reason", Given(kReasons)),
                                    listing::kCreateTimeField};

constexpr Field kDeliveryFields[] = {listing::EnumField("state", kDeliveryStates),
                                     listing::EnumField("last_result", Given(kResults)),
                                     listing::TextField("type"),
                                     listing::TextField("subject"),
                                     {.name = "event_id", .column = "id::text"},
                                     NumberField("sequence"),
                                     NumberField("http_status"),
                                     NumberField("attempts"),
                                     NumberField("partition", "stream"),
                                     listing::kCreateTimeField};

constexpr Field kOfWebhook = {
    .name = "webhook", .type = FieldType::kName, .column = "webhook", .collection = kCollection};

constexpr listing::OrderOf<Delivery> kDeliveryOrders[] = {
    {{"create_time", "create_time", listing::OrderType::kTime, /*follows_clock=*/true},
     [](const Delivery& delivery) -> listing::OrderKey { return delivery.create_time; }}};

std::vector<std::string> Lines(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// "<hint> <created> <expires or 0>", in microseconds since 1970.
std::optional<std::vector<SigningKey>> KeysIn(absl::string_view text) {
  std::vector<SigningKey> keys;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> parts = absl::StrSplit(line, ' ');
    int64_t created = 0, expires = 0;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &created) ||
        !absl::SimpleAtoi(parts[2], &expires)) {
      return std::nullopt;
    }
    SigningKey key{parts[0], absl::FromUnixMicros(created), std::nullopt};
    if (expires > 0) key.expire_time = absl::FromUnixMicros(expires);
    keys.push_back(std::move(key));
  }
  return keys;
}

// "<position> <last sequence> <failing since or 0> <last success or 0>" of each partition, times in
// microseconds since 1970.
std::optional<std::vector<PartitionState>> PartitionsIn(absl::string_view text) {
  std::vector<PartitionState> partitions;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> parts = absl::StrSplit(line, ' ');
    PartitionState state;
    int64_t failing = 0, success = 0;
    if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &state.position) ||
        !absl::SimpleAtoi(parts[1], &state.last_sequence) ||
        !absl::SimpleAtoi(parts[2], &failing) || !absl::SimpleAtoi(parts[3], &success)) {
      return std::nullopt;
    }
    if (failing > 0) state.failing_since = absl::FromUnixMicros(failing);
    if (success > 0) state.last_success_time = absl::FromUnixMicros(success);
    partitions.push_back(state);
  }
  return partitions;
}

absl::StatusOr<Delivery> ReadDelivery(const pg::Row& row) {
  pg::RowReader read(row);
  Delivery delivery;
  delivery.tenant = read.Text(0);
  delivery.webhook = read.Uuid(1);
  delivery.id = read.Uuid(2);
  delivery.sequence = read.Int(3);
  delivery.type = read.Text(4);
  delivery.subject = read.Text(5);
  delivery.state = read.Enum(6, kDeliveryStateNames);
  delivery.attempts = read.Int(7);
  delivery.create_time = read.Time(8);
  delivery.first_attempt_time = read.OptionalTime(9);
  delivery.last_attempt_time = read.OptionalTime(10);
  delivery.next_attempt_time = read.OptionalTime(11);
  delivery.last_result = read.Enum(12, kResultNames);
  delivery.http_status = read.Int(13);
  delivery.duration_ms = read.Int(14);
  delivery.partition = static_cast<int>(read.Int(15));
  return read.Checked(delivery, NameOf(delivery.webhook));
}

}  // namespace

absl::StatusOr<Webhook> ReadWebhook(const pg::Row& row) {
  pg::RowReader read(row);
  Webhook webhook;
  webhook.tenant = read.Text(0);
  webhook.id = read.Uuid(1);
  webhook.revision = read.Int(2);
  webhook.create_time = read.Time(3);
  webhook.update_time = read.Time(4);
  webhook.creator = read.Text(5);
  webhook.display_name = read.Text(6);
  webhook.url = read.Text(7);
  webhook.types = Lines(read.Text(8));
  webhook.subjects = Lines(read.Text(9));
  webhook.to_stages = Lines(read.Text(10));
  webhook.state = read.Enum(11, kStateNames);
  webhook.disable_reason = read.Enum(12, kDisableReasonNames);
  webhook.disable_time = read.OptionalTime(13);
  webhook.partitions = read.Parsed(14, PartitionsIn);
  webhook.pending = read.Int(15);
  webhook.keys = read.Parsed(16, KeysIn);
  return read.Checked(webhook, NameOf(webhook.id));
}

absl::Span<const Field> WebhookFields() { return kWebhookFields; }
absl::Span<const listing::OrderOf<Webhook>> WebhookOrders() {
  return listing::kCreateTimeOrder<Webhook>;
}
absl::Span<const Field> DeliveryFields() { return kDeliveryFields; }
absl::Span<const listing::OrderOf<Delivery>> DeliveryOrders() { return kDeliveryOrders; }

absl::StatusOr<Webhook> Find(pg::Pool& pool, const std::string& tenant, const base::Uuid& id,
                             base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool.Read(pg::Tenants(tenant), kFindWebhook,
                                                      pg::MakeParams(tenant, id), deadline));
  if (rows.empty()) return error::NotFound(NameOf(id));
  return ReadWebhook(rows[0]);
}

absl::StatusOr<std::vector<Webhook>> List(pg::Pool& pool, const listing::Query& query,
                                          base::Deadline deadline) {
  return aggregate::ReadPage<Webhook>(aggregate::List(pool, kWebhooks, query, deadline),
                                      ReadWebhook);
}

absl::StatusOr<std::vector<Delivery>> ListDeliveries(pg::Pool& pool, const base::Uuid& webhook,
                                                     listing::Query query,
                                                     base::Deadline deadline) {
  query.conditions.push_back({&kOfWebhook, "", listing::Operator::kEqual, {webhook}});
  return aggregate::ReadPage<Delivery>(aggregate::List(pool, kDeliveries, query, deadline),
                                       ReadDelivery);
}

}  // namespace crm::webhook

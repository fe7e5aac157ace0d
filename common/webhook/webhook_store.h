#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "common/idempotency/request.h"
#include "common/idempotency/run_once.h"
#include "common/listing/field.h"
#include "common/listing/order.h"
#include "common/listing/query.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"
#include "common/webhook/webhook.h"

// The tables as those who look after webhooks know them. Rows that cannot be read are DATA_LOSS
// DATA_DAMAGED. All of it blocks.
namespace crm::webhook {

inline constexpr int kMostWebhooks = 20;  // of a tenant

absl::Span<const listing::Field> WebhookFields();
absl::Span<const listing::OrderOf<Webhook>> WebhookOrders();
absl::Span<const listing::Field> DeliveryFields();
absl::Span<const listing::OrderOf<Delivery>> DeliveryOrders();

// NOT_FOUND RESOURCE_NOT_FOUND.
absl::StatusOr<Webhook> Find(pg::Pool& pool, const std::string& tenant, const base::Uuid& id,
                             base::Deadline deadline);
absl::StatusOr<std::vector<Webhook>> List(pg::Pool& pool, const listing::Query& query,
                                          base::Deadline deadline);
// Of one webhook, which is there or not.
absl::StatusOr<std::vector<Delivery>> ListDeliveries(pg::Pool& pool, const base::Uuid& webhook,
                                                     listing::Query query, base::Deadline deadline);

// One write, which may be a repetition.
struct Write {
  std::string tenant;
  std::optional<idempotency::Request> request = std::nullopt;
  absl::Time now;
};

// Of the webhook tenant, id, creator and what is wanted count. `answer` makes the serialized
// response of it as it is then. ALREADY_EXISTS DUPLICATE_ID; FAILED_PRECONDITION
// TOO_MANY_WEBHOOKS; those of idempotency::RunOnce.
using Answer = std::function<std::string(const Webhook&)>;
absl::StatusOr<idempotency::OnceAnswer> Create(pg::Pool& pool, const Write& write,
                                               const Webhook& webhook, const std::string& secret,
                                               const Answer& answer, base::Deadline deadline);

// What a change does to a webhook, whose row is locked.
struct Changed {
  Webhook webhook;
  // Whether deliveries begin anew from its position: then what is under way does not count, and
  // `after` says what becomes of what waits.
  bool new_round = false;
  std::function<absl::Status(pg::Transaction&)> after = nullptr;
};
using Rule = std::function<absl::Status(Changed&)>;

// Errors: NOT_FOUND RESOURCE_NOT_FOUND; ABORTED ETAG_MISMATCH; those of the rule and of
// idempotency::RunOnce.
absl::StatusOr<idempotency::OnceAnswer> Change(pg::Pool& pool, const Write& write,
                                               const base::Uuid& id, const std::string& etag,
                                               const Rule& rule, const Answer& answer,
                                               base::Deadline deadline);

// The rules. Times are the write's.
Rule Enabling(const Write& write, bool from_now);
Rule Disabling(const Write& write);
// Sends again what is behind these sequences of these partitions, none of them twice.
struct Replayed {
  int partition = 0;
  int64_t after_sequence = 0;
};
Rule Replaying(std::vector<Replayed> replayed);
Rule Rotating(const Write& write, const std::string& secret, absl::Duration overlap);

// Deletes it with all that belongs to it. Errors as of Change.
absl::StatusOr<idempotency::OnceAnswer> Delete(pg::Pool& pool, const Write& write,
                                               const base::Uuid& id, const std::string& etag,
                                               const std::string& answer, base::Deadline deadline);

// Has a test sent. NOT_FOUND RESOURCE_NOT_FOUND.
absl::StatusOr<idempotency::OnceAnswer> Test(pg::Pool& pool, const Write& write,
                                             const base::Uuid& id, const base::Uuid& event_id,
                                             const std::string& type, const std::string& answer,
                                             base::Deadline deadline);

// Forgets deliveries of all tenants that are older than `retention` and wait for nothing, at most
// `limit`. Returns how many.
absl::StatusOr<int64_t> Sweep(pg::Pool& pool, absl::Time now, absl::Duration retention, int limit);

}  // namespace crm::webhook

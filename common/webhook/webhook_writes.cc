#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/error/refusals.h"
#include "common/pg/params.h"
#include "common/webhook/webhook_rows.h"
#include "common/webhook/webhook_statements.h"
#include "common/webhook/webhook_store.h"

namespace crm::webhook {
namespace {

constexpr absl::Duration kSweepPatience = absl::Seconds(20);

pg::Params KeyOf(const Webhook& webhook) { return pg::MakeParams(webhook.tenant, webhook.id); }

absl::StatusOr<Webhook> ReadBack(pg::Transaction& transaction, const Webhook& webhook) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kFindWebhook, KeyOf(webhook)));
  if (rows.empty()) return error::NotFound(NameOf(webhook.id));
  return ReadWebhook(rows[0]);
}

absl::StatusOr<Webhook> Lock(pg::Transaction& transaction, const std::string& tenant,
                             const base::Uuid& id, const std::string& etag) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kLockWebhook, pg::MakeParams(tenant, id)));
  if (rows.empty()) return error::NotFound(NameOf(id));
  CRM_ASSIGN_OR_RETURN(Webhook webhook, ReadWebhook(rows[0]));
  const std::string current = absl::StrCat(webhook.revision);
  if (!etag.empty() && etag != current) {
    return error::StaleEtag(NameOf(id)).With("etag", etag).With("currentEtag", current);
  }
  return webhook;
}

absl::Status CheckRoom(pg::Transaction& transaction, const std::string& tenant) {
  const pg::Params params = pg::MakeParams(tenant);
  CRM_RETURN_IF_ERROR(transaction.Defer(kLockTenant, params));
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kCountWebhooks, params));
  pg::RowReader read(rows[0]);
  CRM_ASSIGN_OR_RETURN(const int64_t count, read.Checked(read.Int(0), kCollection));
  if (count < kMostWebhooks) return absl::OkStatus();
  return error::Error(absl::StatusCode::kFailedPrecondition, error::kTooManyWebhooks,
                      "There are as many webhooks as may be. Delete one first.")
      .With("most", absl::StrCat(kMostWebhooks));
}

absl::StatusOr<std::string> CreateOnce(pg::Transaction& transaction, const Write& write,
                                       const Webhook& webhook, const std::string& secret,
                                       const Answer& answer) {
  CRM_RETURN_IF_ERROR(CheckRoom(transaction, webhook.tenant));
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      transaction.Query(kInsertWebhook,
                        pg::MakeParams(webhook.tenant, webhook.id, write.now, webhook.creator,
                                       webhook.display_name, webhook.url, webhook.types,
                                       webhook.subjects, webhook.to_stages)));
  if (rows.empty()) return error::DuplicateId("webhook_id", NameOf(webhook.id));
  CRM_RETURN_IF_ERROR(transaction.Defer(kGoToEnds, KeyOf(webhook)));
  CRM_RETURN_IF_ERROR(transaction.Defer(
      kInsertSecret, pg::MakeParams(webhook.tenant, webhook.id, secret, write.now)));
  CRM_ASSIGN_OR_RETURN(const Webhook stored, ReadBack(transaction, webhook));
  return answer(stored);
}

absl::StatusOr<std::string> ChangeOnce(pg::Transaction& transaction, const Write& write,
                                       const base::Uuid& id, const std::string& etag,
                                       const Rule& rule, const Answer& answer) {
  Changed changed;
  CRM_ASSIGN_OR_RETURN(changed.webhook, Lock(transaction, write.tenant, id, etag));
  CRM_RETURN_IF_ERROR(rule(changed));
  const Webhook& webhook = changed.webhook;
  const PartitionState& first = webhook.partitions[0];
  CRM_RETURN_IF_ERROR(transaction.Defer(
      kWriteWebhook, pg::MakeParams(webhook.tenant, webhook.id, write.now, webhook.display_name,
                                    webhook.url, webhook.types, webhook.subjects, webhook.to_stages,
                                    base::NameOf(kStateNames, webhook.state),
                                    base::NameOf(kDisableReasonNames, webhook.disable_reason),
                                    webhook.disable_time, first.position, first.failing_since,
                                    changed.new_round ? 1 : 0)));
  if (changed.after) CRM_RETURN_IF_ERROR(changed.after(transaction));
  CRM_ASSIGN_OR_RETURN(const Webhook stored, ReadBack(transaction, webhook));
  return answer(stored);
}

}  // namespace

absl::StatusOr<idempotency::OnceAnswer> Create(pg::Pool& pool, const Write& write,
                                               const Webhook& webhook, const std::string& secret,
                                               const Answer& answer, base::Deadline deadline) {
  return idempotency::RunOnce(pool, write.tenant, write.request, deadline, [&](auto& transaction) {
    return CreateOnce(transaction, write, webhook, secret, answer);
  });
}

absl::StatusOr<idempotency::OnceAnswer> Change(pg::Pool& pool, const Write& write,
                                               const base::Uuid& id, const std::string& etag,
                                               const Rule& rule, const Answer& answer,
                                               base::Deadline deadline) {
  return idempotency::RunOnce(pool, write.tenant, write.request, deadline, [&](auto& transaction) {
    return ChangeOnce(transaction, write, id, etag, rule, answer);
  });
}

Rule Enabling(const Write& write, bool from_now) {
  return [now = write.now, from_now](Changed& changed) -> absl::Status {
    Webhook& webhook = changed.webhook;
    webhook.state = State::kEnabled;
    webhook.disable_reason = DisableReason::kNone;
    webhook.disable_time.reset();
    PartitionState& first = webhook.partitions[0];
    first.failing_since.reset();
    if (from_now) first.position = first.last_sequence;
    changed.new_round = true;
    changed.after = [webhook, now, from_now](pg::Transaction& transaction) -> absl::Status {
      if (from_now) {
        CRM_RETURN_IF_ERROR(transaction.Defer(kGoToEnds, KeyOf(webhook)));
        CRM_RETURN_IF_ERROR(transaction.Defer(kGiveUpAll, KeyOf(webhook)));
      }
      CRM_RETURN_IF_ERROR(transaction.Defer(kForgive, KeyOf(webhook)));
      return transaction.Defer(kCarryOn, pg::MakeParams(webhook.tenant, webhook.id, now));
    };
    return absl::OkStatus();
  };
}

Rule Disabling(const Write& write) {
  return [now = write.now](Changed& changed) -> absl::Status {
    Webhook& webhook = changed.webhook;
    if (webhook.state == State::kDisabled) return absl::OkStatus();
    webhook.state = State::kDisabled;
    webhook.disable_reason = DisableReason::kRequested;
    webhook.disable_time = now;
    return absl::OkStatus();
  };
}

Rule Replaying(std::vector<Replayed> replayed) {
  return [replayed = std::move(replayed)](Changed& changed) -> absl::Status {
    Webhook& webhook = changed.webhook;
    std::vector<int64_t> partitions, positions;
    for (const auto& [partition, after] : replayed) {
      PartitionState& state = webhook.partitions.at(static_cast<size_t>(partition));
      if (after > state.last_sequence) {
        return error::FieldInvalid("after_sequence",
                                   absl::StrCat("must not be beyond the end of the log, which is "
                                                "at ",
                                                state.last_sequence));
      }
      state.position = after;
      partitions.push_back(partition);
      positions.push_back(after);
    }
    changed.new_round = true;
    changed.after = [webhook, positions, partitions](pg::Transaction& transaction) -> absl::Status {
      const pg::Params of_partitions = KeyOf(webhook).Add(partitions);
      CRM_RETURN_IF_ERROR(transaction.Defer(kGoTo, KeyOf(webhook).Add(partitions).Add(positions)));
      CRM_RETURN_IF_ERROR(transaction.Defer(kForgetBeyond, of_partitions));
      return transaction.Defer(kKeepWaiting, of_partitions);
    };
    return absl::OkStatus();
  };
}

Rule Rotating(const Write& write, const std::string& secret, absl::Duration overlap) {
  return [now = write.now, secret, overlap](Changed& changed) -> absl::Status {
    changed.after = [tenant = changed.webhook.tenant, id = changed.webhook.id, now, secret,
                     overlap](pg::Transaction& transaction) -> absl::Status {
      CRM_RETURN_IF_ERROR(
          transaction.Defer(kForgetSecrets, pg::MakeParams(tenant, id, now + overlap, now)));
      CRM_RETURN_IF_ERROR(
          transaction.Defer(kExpireSecret, pg::MakeParams(tenant, id, now + overlap)));
      return transaction.Defer(kInsertSecret, pg::MakeParams(tenant, id, secret, now));
    };
    return absl::OkStatus();
  };
}

absl::StatusOr<idempotency::OnceAnswer> Delete(pg::Pool& pool, const Write& write,
                                               const base::Uuid& id, const std::string& etag,
                                               const std::string& answer, base::Deadline deadline) {
  return idempotency::RunOnce(
      pool, write.tenant, write.request, deadline,
      [&](pg::Transaction& transaction) -> absl::StatusOr<std::string> {
        CRM_RETURN_IF_ERROR(Lock(transaction, write.tenant, id, etag).status());
        for (const auto& statement :
             {kDeleteWebhook, kDeletePartitions, kDeleteSecrets, kDeleteDeliveries}) {
          CRM_RETURN_IF_ERROR(transaction.Defer(statement, pg::MakeParams(write.tenant, id)));
        }
        return answer;
      });
}

absl::StatusOr<idempotency::OnceAnswer> Test(pg::Pool& pool, const Write& write,
                                             const base::Uuid& id, const base::Uuid& event_id,
                                             const std::string& type, const std::string& answer,
                                             base::Deadline deadline) {
  return idempotency::RunOnce(
      pool, write.tenant, write.request, deadline,
      [&](pg::Transaction& transaction) -> absl::StatusOr<std::string> {
        CRM_RETURN_IF_ERROR(Lock(transaction, write.tenant, id, "").status());
        CRM_RETURN_IF_ERROR(transaction.Defer(
            kInsertTest, pg::MakeParams(write.tenant, id, event_id, type, NameOf(id), write.now)));
        return answer;
      });
}

absl::StatusOr<int64_t> Sweep(pg::Pool& pool, absl::Time now, absl::Duration retention, int limit) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool.Read(pg::Tenants::All(), kSweepDeliveries,
                                                      pg::MakeParams(now - retention, limit),
                                                      base::Deadline::After(kSweepPatience)));
  pg::RowReader read(rows[0]);
  return read.Checked(read.Int(0), kCollection);
}

}  // namespace crm::webhook

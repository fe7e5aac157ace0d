#include "common/serving/webhook_service.h"

#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/event/event_log.h"
#include "common/rpc/proto_values.h"
#include "common/serving/batch_write.h"
#include "common/serving/list_page.h"
#include "common/serving/requests.h"
#include "common/serving/stage_subscription.h"
#include "common/serving/webhook_checks.h"
#include "common/serving/webhook_proto.h"
#include "common/webhook/payload.h"
#include "common/webhook/signature.h"
#include "common/webhook/webhook_store.h"
#include "crm/event/v1/webhook_service.grpc.pb.h"

namespace crm::serving {
namespace {

namespace v1 = event::v1;
using rpc::CallContext;

constexpr absl::Duration kOverlap = absl::Hours(24);

base::Uuid IdIn(absl::string_view name) {
  return rpc::ParseName(name, webhook::kCollection).value_or(base::Uuid());
}

template <class Req>
webhook::Write WriteOf(const WebhookPorts& ports, const CallContext& context, const Req& request) {
  return {context.tenant, RequestOf(context, request), ports.clock.Now()};
}

// Makes the answer of a webhook as it has become.
template <class Resp>
webhook::Answer Showing(absl::Time now) {
  return [now](const webhook::Webhook& webhook) {
    Resp response;
    ToProto(webhook, now, *response.mutable_webhook());
    return response.SerializeAsString();
  };
}

// What was stored for repetitions has no secret; who gets the first answer is told it.
template <class Resp>
void TellSecret(const std::string& secret, idempotency::OnceAnswer& answer) {
  if (answer.replayed) return;
  Resp told;
  told.set_secret(secret);
  answer.bytes += told.SerializeAsString();
}

// Nobody is left to wait for what nobody sends.
absl::Status CheckOn(const WebhookPorts& ports) {
  if (ports.on) return absl::OkStatus();
  return error::Error(absl::StatusCode::kFailedPrecondition, error::kWebhooksOff,
                      "Webhooks are not turned on here.");
}

absl::Status CheckUrl(const WebhookPorts& ports, const std::string& url) {
  const std::optional<std::string> refused = webhook::RefusedUrl(url, ports.policy);
  if (!refused.has_value()) return absl::OkStatus();
  return rpc::FieldsInvalid({{"webhook.url", *refused}});
}

using Answered = absl::StatusOr<idempotency::OnceAnswer>;

Answered Create(const WebhookPorts& ports, const CallContext& context,
                const v1::CreateWebhookRequest& request) {
  CRM_RETURN_IF_ERROR(CheckOn(ports));
  CRM_RETURN_IF_ERROR(CheckUrl(ports, request.webhook().url()));
  const webhook::Write write = WriteOf(ports, context, request);
  webhook::Webhook wanted = FromProto(request.webhook());
  wanted.tenant = context.tenant;
  wanted.id = NewId(ports, request.webhook_id());
  wanted.creator = context.actor;
  const std::string secret = request.secret().empty() ? webhook::NewSecret() : request.secret();
  CRM_ASSIGN_OR_RETURN(auto answer, webhook::Create(ports.pool, write, wanted, secret,
                                                    Showing<v1::CreateWebhookResponse>(write.now),
                                                    context.deadline));
  TellSecret<v1::CreateWebhookResponse>(secret, answer);
  return answer;
}

Answered Update(const WebhookPorts& ports, const CallContext& context,
                const v1::UpdateWebhookRequest& request) {
  const auto paths = rpc::MaskedPaths(request.update_mask(), WebhookMask(), request.webhook());
  const webhook::Webhook wanted = FromProto(request.webhook());
  const webhook::Write write = WriteOf(ports, context, request);
  const webhook::Rule rule = [&](webhook::Changed& changed) -> absl::Status {
    webhook::Webhook& webhook = changed.webhook;
    for (const std::string& path : paths) {
      if (path == "display_name") webhook.display_name = wanted.display_name;
      if (path == "url") webhook.url = wanted.url;
      if (path == "types") webhook.types = wanted.types;
      if (path == "subjects") webhook.subjects = wanted.subjects;
      if (path == "to_stages") webhook.to_stages = wanted.to_stages;
    }
    return CheckUrl(ports, webhook.url);
  };
  return webhook::Change(ports.pool, write, IdIn(request.webhook().name()),
                         request.webhook().etag(), rule,
                         Showing<v1::UpdateWebhookResponse>(write.now), context.deadline);
}

Answered Delete(const WebhookPorts& ports, const CallContext& context,
                const v1::DeleteWebhookRequest& request) {
  return webhook::Delete(ports.pool, WriteOf(ports, context, request), IdIn(request.name()),
                         request.etag(), v1::DeleteWebhookResponse().SerializeAsString(),
                         context.deadline);
}

Answered Enable(const WebhookPorts& ports, const CallContext& context,
                const v1::EnableWebhookRequest& request) {
  CRM_RETURN_IF_ERROR(CheckOn(ports));
  const webhook::Write write = WriteOf(ports, context, request);
  return webhook::Change(ports.pool, write, IdIn(request.name()), request.etag(),
                         webhook::Enabling(write, request.from_now()),
                         Showing<v1::EnableWebhookResponse>(write.now), context.deadline);
}

Answered Disable(const WebhookPorts& ports, const CallContext& context,
                 const v1::DisableWebhookRequest& request) {
  const webhook::Write write = WriteOf(ports, context, request);
  return webhook::Change(ports.pool, write, IdIn(request.name()), request.etag(),
                         webhook::Disabling(write), Showing<v1::DisableWebhookResponse>(write.now),
                         context.deadline);
}

Answered Rotate(const WebhookPorts& ports, const CallContext& context,
                const v1::RotateWebhookSecretRequest& request) {
  const webhook::Write write = WriteOf(ports, context, request);
  const std::string secret = request.secret().empty() ? webhook::NewSecret() : request.secret();
  const absl::Duration overlap = request.has_overlap()
                                     ? absl::Seconds(request.overlap().seconds()) +
                                           absl::Nanoseconds(request.overlap().nanos())
                                     : kOverlap;
  CRM_ASSIGN_OR_RETURN(
      auto answer,
      webhook::Change(ports.pool, write, IdIn(request.name()), request.etag(),
                      webhook::Rotating(write, secret, overlap),
                      Showing<v1::RotateWebhookSecretResponse>(write.now), context.deadline));
  TellSecret<v1::RotateWebhookSecretResponse>(secret, answer);
  return answer;
}

Answered Test(const WebhookPorts& ports, const CallContext& context,
              const v1::TestWebhookRequest& request) {
  CRM_RETURN_IF_ERROR(CheckOn(ports));
  const base::Uuid event_id = ports.ids.New();
  v1::TestWebhookResponse response;
  response.set_event_id(event_id.ToString());
  return webhook::Test(ports.pool, WriteOf(ports, context, request), IdIn(request.name()), event_id,
                       webhook::TestType(ports.service), response.SerializeAsString(),
                       context.deadline);
}

// What is sent again: of one partition of the log, or of all.
absl::StatusOr<std::vector<webhook::Replayed>> ReplayedBy(const WebhookPorts& ports,
                                                          const CallContext& context,
                                                          const v1::ReplayWebhookRequest& request) {
  const int partitions = ports.feeds == nullptr ? 1 : ports.feeds->size();
  CRM_RETURN_IF_ERROR(CheckPartition(request.partition(), partitions));
  if (partitions > 1 && !request.has_partition() && request.after_sequence() > 0) {
    return rpc::FieldsInvalid(
        {{"partition", absl::StrCat("is required with this after_sequence: the log has ",
                                    partitions, " partitions, each with sequences of its own")}});
  }
  const int first = request.partition();
  const int end = request.has_partition() ? first + 1 : partitions;
  std::vector<webhook::Replayed> replayed;
  for (int partition = first; partition < end; ++partition) {
    int64_t after = request.after_sequence();
    if (request.has_start_time()) {
      CRM_ASSIGN_OR_RETURN(
          after, event::SequenceBefore(ports.pool, partition, rpc::TimeFrom(request.start_time()),
                                       context.deadline));
    }
    replayed.push_back({partition, after});
  }
  return replayed;
}

Answered Replay(const WebhookPorts& ports, const CallContext& context,
                const v1::ReplayWebhookRequest& request) {
  CRM_RETURN_IF_ERROR(CheckOn(ports));
  CRM_ASSIGN_OR_RETURN(std::vector<webhook::Replayed> replayed,
                       ReplayedBy(ports, context, request));
  const webhook::Write write = WriteOf(ports, context, request);
  return webhook::Change(ports.pool, write, IdIn(request.name()), request.etag(),
                         webhook::Replaying(std::move(replayed)),
                         Showing<v1::ReplayWebhookResponse>(write.now), context.deadline);
}

// Each call by itself.
template <class Req, class Resp,
          Answered (*kAnswer)(const WebhookPorts&, const CallContext&, const Req&)>
void AnswerEach(const WebhookPorts& ports, rpc::Calls<Req, Resp> calls) {
  for (auto* call : calls) {
    const Answered answer = kAnswer(ports, call->context(), call->request());
    if (answer.ok()) {
      call->FinishSerialized(answer->bytes, answer->replayed);
    } else {
      call->Finish(answer.status());
    }
  }
}

absl::Status GetWebhook(const WebhookPorts& ports, const CallContext& context,
                        const v1::GetWebhookRequest& request, v1::GetWebhookResponse& response) {
  CRM_ASSIGN_OR_RETURN(
      const webhook::Webhook found,
      webhook::Find(ports.pool, context.tenant, IdIn(request.name()), context.deadline));
  ToProto(found, ports.clock.Now(), *response.mutable_webhook());
  return absl::OkStatus();
}

absl::Status ListWebhooks(const WebhookPorts& ports, const CallContext& context,
                          const v1::ListWebhooksRequest& request,
                          v1::ListWebhooksResponse& response) {
  return AnswerList(
      context, request, response, webhook::WebhookFields(), webhook::WebhookOrders(),
      [&](const listing::Query& query) {
        return webhook::List(ports.pool, query, context.deadline);
      },
      [&](const webhook::Webhook& each) -> const v1::Webhook& {
        v1::Webhook& shown = *response.add_webhooks();
        ToProto(each, ports.clock.Now(), shown);
        return shown;
      });
}

absl::Status ListDeliveries(const WebhookPorts& ports, const CallContext& context,
                            const v1::ListWebhookDeliveriesRequest& request,
                            v1::ListWebhookDeliveriesResponse& response) {
  const base::Uuid id = IdIn(request.webhook());
  CRM_RETURN_IF_ERROR(webhook::Find(ports.pool, context.tenant, id, context.deadline).status());
  return AnswerList(
      context, request, response, webhook::DeliveryFields(), webhook::DeliveryOrders(),
      [&](const listing::Query& query) {
        return webhook::ListDeliveries(ports.pool, id, query, context.deadline);
      },
      [&](const webhook::Delivery& each) -> const v1::WebhookDelivery& {
        v1::WebhookDelivery& shown = *response.add_deliveries();
        ToProto(each, shown);
        return shown;
      });
}

}  // namespace

#define CRM_WEBHOOK_WRITE(method, function)               \
  Batched<v1::method##Request, v1::method##Response>(     \
      #method, rpc::Lane::kWrite, 1, CheckWebhookRequest, \
      AnswerEach<v1::method##Request, v1::method##Response, function>)

WebhookService::WebhookService(const rpc::Binding& binding, const WebhookPorts& ports)
    : Service(v1::WebhookService::service_full_name(), binding, ports) {
  Single("GetWebhook", rpc::Lane::kRead, CheckWebhookRequest, GetWebhook);
  Single("ListWebhooks", rpc::Lane::kRead, CheckWebhookRequest, ListWebhooks);
  Single("ListWebhookDeliveries", rpc::Lane::kRead, CheckWebhookRequest, ListDeliveries);
  CRM_WEBHOOK_WRITE(CreateWebhook, Create);
  CRM_WEBHOOK_WRITE(UpdateWebhook, Update);
  CRM_WEBHOOK_WRITE(DeleteWebhook, Delete);
  CRM_WEBHOOK_WRITE(EnableWebhook, Enable);
  CRM_WEBHOOK_WRITE(DisableWebhook, Disable);
  CRM_WEBHOOK_WRITE(RotateWebhookSecret, Rotate);
  CRM_WEBHOOK_WRITE(TestWebhook, Test);
  CRM_WEBHOOK_WRITE(ReplayWebhook, Replay);
}
#undef CRM_WEBHOOK_WRITE

}  // namespace crm::serving

#include "common/webhook/payload.h"

#include "absl/strings/str_cat.h"
#include "common/stage/stage_json.h"
#include "common/webhook/signature.h"
#include "common/webhook/webhook.h"

namespace crm::webhook {
namespace {

using crm::event::v1::StageChanged;

// Who acts where no caller does.
constexpr char kActor[] = "webhooks";

// Of what needs no escapes: ids, types, names, letters and digits.
void AppendPlain(absl::string_view name, absl::string_view value, std::string& out) {
  absl::StrAppend(&out, "\"", name, "\":\"", value, "\",");
}

StageChanged EventOf(absl::string_view service, absl::string_view what, const std::string& tenant,
                     const base::Uuid& webhook, const base::Uuid& event_id, absl::Time now) {
  StageChanged change;
  change.set_event_id(event_id.ToString());
  change.set_type(absl::StrCat("crm.", service, ".webhook.", what, ".v1"));
  change.set_source(absl::StrCat("/crm/", service));
  change.set_subject(NameOf(webhook));
  change.set_tenant(tenant);
  change.set_actor(kActor);
  change.set_correlation_id(change.subject());
  const int64_t micros = absl::ToUnixMicros(now);
  for (auto* const time : {change.mutable_effective_time(), change.mutable_recorded_time()}) {
    time->set_seconds(micros / 1'000'000);
    time->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
  }
  return change;
}

}  // namespace

std::string NameOf(const base::Uuid& id) { return absl::StrCat(kCollection, "/", id.ToString()); }

std::string BodyOf(const crm::event::v1::StageEvent& event, int partition) {
  const StageChanged& change = event.change();
  std::string body = "{\"specversion\":\"1.0\",";
  AppendPlain("id", change.event_id(), body);
  AppendPlain("source", change.source(), body);
  AppendPlain("type", change.type(), body);
  AppendPlain("subject", change.subject(), body);
  std::string time;
  stage::AppendTimestamp(change.effective_time(), time);
  AppendPlain("time", time, body);
  AppendPlain("tenant", change.tenant(), body);
  AppendPlain("seq", absl::StrCat(event.sequence()), body);
  AppendPlain("epoch", absl::StrCat(event.epoch()), body);
  AppendPlain("partition", absl::StrCat(partition), body);
  AppendPlain("datacontenttype", "application/json", body);
  body += "\"data\":";
  stage::AppendJson(change, body);
  body += '}';
  return body;
}

std::vector<std::string> HeadersOf(const StageChanged& change, absl::string_view body,
                                   const base::Uuid& webhook, absl::Span<const std::string> secrets,
                                   absl::Time now, int64_t attempt) {
  return {absl::StrCat("Content-Type: ", kContentType),
          "User-Agent: crm-webhooks/1",
          "Accept: */*",
          "Expect:",  // none: the body goes out with the head
          absl::StrCat("Crm-Event-Id: ", change.event_id()),
          absl::StrCat("Crm-Event-Type: ", change.type()),
          absl::StrCat("Crm-Webhook: ", NameOf(webhook)),
          absl::StrCat("Crm-Attempt: ", attempt),
          absl::StrCat("Crm-Signature: ", Signature(secrets, now, body))};
}

StageChanged DisabledNotice(absl::string_view service, const std::string& tenant,
                            const base::Uuid& webhook, const base::Uuid& event_id,
                            absl::string_view reason, absl::Time now) {
  StageChanged change = EventOf(service, "disabled", tenant, webhook, event_id, now);
  change.set_kind("DISABLED");
  change.set_reason(std::string(reason));
  return change;
}

std::string TestType(absl::string_view service) {
  return absl::StrCat("crm.", service, ".webhook.tested.v1");
}

StageChanged TestEvent(absl::string_view service, const std::string& tenant,
                       const base::Uuid& webhook, const base::Uuid& event_id, absl::Time now) {
  StageChanged change = EventOf(service, "tested", tenant, webhook, event_id, now);
  change.set_kind("TESTED");
  return change;
}

}  // namespace crm::webhook

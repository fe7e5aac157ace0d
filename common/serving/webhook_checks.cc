#include "common/serving/webhook_checks.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/call_context.h"
#include "common/rpc/request_checks.h"
#include "common/serving/stage_subscription.h"
#include "common/webhook/signature.h"
#include "common/webhook/url.h"
#include "common/webhook/webhook.h"

namespace crm::serving {
namespace {

constexpr size_t kMostWanted = 100;
constexpr int64_t kLongestOverlap = int64_t{7} * 24 * 60 * 60;  // seconds

constexpr rpc::MaskPath kMask[] = {
    {"display_name"}, {"url"}, {"types"}, {"subjects"}, {"to_stages"}};

// Types and stages: words, which may stand in a header and in a line.
void CheckWords(absl::string_view path,
                const google::protobuf::RepeatedPtrField<std::string>& words, rpc::Validation& v) {
  v.Count(path, static_cast<size_t>(words.size()), kMostWanted);
  for (int i = 0; i < words.size(); ++i) {
    if (rpc::IsIdentity(words[i], rpc::kIdLimit)) continue;
    v.Custom(absl::StrCat(path, "[", i, "]"),
             absl::StrCat("must have 1 to ", rpc::kIdLimit,
                          " characters of letters, digits and . _ @ : -"));
  }
}

void CheckUrl(const std::string& url, bool required, rpc::Validation& v) {
  if (url.empty()) {
    if (required) v.Text("webhook.url", url, {.presence = rpc::kRequired});
    return;
  }
  const std::optional<std::string> wrong = webhook::WrongUrl(url);
  if (wrong.has_value()) v.Custom("webhook.url", *wrong);
}

void CheckWebhook(const event::v1::Webhook& webhook, rpc::Validation& v) {
  v.Text("webhook.display_name", webhook.display_name(), {.max = rpc::kNameLimit});
  CheckWords("webhook.types", webhook.types(), v);
  CheckWords("webhook.to_stages", webhook.to_stages(), v);
  v.Count("webhook.subjects", static_cast<size_t>(webhook.subjects_size()), kMostWanted);
  for (int i = 0; i < webhook.subjects_size(); ++i) {
    CheckSubject(absl::StrCat("webhook.subjects[", i, "]"), webhook.subjects(i), v);
  }
}

void CheckSecret(const std::string& secret, rpc::Validation& v) {
  if (secret.empty() || webhook::IsSecret(secret)) return;
  v.Custom("secret", "must be whsec_ and 32 to 128 letters, digits and + / = - _");
}

template <class Req>
void CheckNamed(const Req& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, webhook::kCollection, v);
}

}  // namespace

absl::Span<const rpc::MaskPath> WebhookMask() { return kMask; }

void CheckWebhookRequest(const event::v1::CreateWebhookRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
  v.Present("webhook", request.has_webhook())
      .Uuid("webhook_id", request.webhook_id(), rpc::kOptional);
  CheckSecret(request.secret(), v);
  if (!request.has_webhook()) return;
  CheckUrl(request.webhook().url(), true, v);
  CheckWebhook(request.webhook(), v);
}

void CheckWebhookRequest(const event::v1::UpdateWebhookRequest& request, rpc::Validation& v) {
  rpc::CheckUpdate(request, "webhook", request.has_webhook(), request.webhook(),
                   webhook::kCollection, kMask, v);
  if (!request.has_webhook()) return;
  const auto paths = rpc::MaskedPaths(request.update_mask(), kMask, request.webhook());
  const bool writes_url = std::find(paths.begin(), paths.end(), "url") != paths.end();
  CheckUrl(request.webhook().url(), writes_url, v);
  CheckWebhook(request.webhook(), v);
}

void CheckWebhookRequest(const event::v1::GetWebhookRequest& request, rpc::Validation& v) {
  CheckNamed(request, v);
}
void CheckWebhookRequest(const event::v1::ListWebhooksRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
}
void CheckWebhookRequest(const event::v1::DeleteWebhookRequest& request, rpc::Validation& v) {
  CheckNamed(request, v);
}
void CheckWebhookRequest(const event::v1::EnableWebhookRequest& request, rpc::Validation& v) {
  CheckNamed(request, v);
}
void CheckWebhookRequest(const event::v1::DisableWebhookRequest& request, rpc::Validation& v) {
  CheckNamed(request, v);
}
void CheckWebhookRequest(const event::v1::TestWebhookRequest& request, rpc::Validation& v) {
  CheckNamed(request, v);
}

void CheckWebhookRequest(const event::v1::RotateWebhookSecretRequest& request, rpc::Validation& v) {
  CheckNamed(request, v);
  CheckSecret(request.secret(), v);
  if (!request.has_overlap()) return;
  v.Number("overlap.seconds", request.overlap().seconds(), 0, kLongestOverlap);
  v.Number("overlap.nanos", request.overlap().nanos(), 0, 999'999'999);
}

void CheckWebhookRequest(const event::v1::ReplayWebhookRequest& request, rpc::Validation& v) {
  CheckNamed(request, v);
  if (request.start_case() == event::v1::ReplayWebhookRequest::START_NOT_SET) {
    v.Custom("start", "must be given: after_sequence or start_time");
  }
  if (request.after_sequence() < 0) v.Custom("after_sequence", "must not be negative");
  if (request.partition() < 0) v.Custom("partition", "must not be negative");
  v.TimestampField("start_time", request.has_start_time(), request.start_time(), rpc::kOptional);
}

void CheckWebhookRequest(const event::v1::ListWebhookDeliveriesRequest& request,
                         rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
  v.Name("webhook", request.webhook(), webhook::kCollection, rpc::kRequired);
}

}  // namespace crm::serving

// UpdateActivity.

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/proto_values.h"
#include "common/serving/batch_write.h"
#include "common/serving/changes.h"
#include "services/lead/domain/activity_edit.h"
#include "services/lead/rpc/lead_checks.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {
namespace {

using EditCall = rpc::Call<v1::UpdateActivityRequest, v1::UpdateActivityResponse>;

// How often the records are read anew because the lead has changed since.
constexpr int kMostTries = 5;

absl::Status ChangedSince(const std::string& name) {
  return error::Error(absl::StatusCode::kAborted, error::kWriteConflict,
                      "The lead was changed at the same time; call again.")
      .With("resource", name);
}

std::string ActivityName(const v1::UpdateActivityRequest& request) {
  return request.name() + "/activities/" + request.activity().id();
}

// Edits it once, by what the records of the lead say now.
aggregate::Change<Lead> EditOnce(const Ports& ports, const EditCall& call) {
  const v1::UpdateActivityRequest& request = call.request();
  auto change = serving::ChangeOf<Lead>(call, request, kLeads);
  change.author = serving::AuthorOf(call.context());
  const auto recorded = ports.reads.FindActivity(
      change.key, *base::Uuid::Parse(request.activity().id()), call.context().deadline);
  if (!recorded.ok()) {
    change.outcome = recorded.status();
    return change;
  }
  change.apply =
      [&, recorded = *recorded,
       occasion = serving::OccasionOf(ports, call.context(), request)](Lead& lead) -> absl::Status {
    if (!recorded.has_value()) return error::NotFound(ActivityName(request));
    if (recorded->lead_revision != lead.revision) return ChangedSince(request.name());
    return EditActivity(lead, *recorded, EditFrom(request.activity(), UpdatedFields(request)),
                        occasion);
  };
  change.answer = [recorded = *recorded](const Lead& lead) {
    v1::UpdateActivityResponse response;
    ToProto(lead, *response.mutable_lead());
    const auto& edited = lead.edited_activities;
    ToProto(edited.empty() ? recorded->activity : edited.back(), *response.mutable_activity());
    return response.SerializeAsString();
  };
  aggregate::Change<Lead>* const item = &change;
  ports.leads.Update(absl::MakeSpan(&item, 1), call.context().deadline);
  return change;
}

}  // namespace

void UpdateActivities(const Ports& ports, absl::Span<EditCall* const> calls) {
  for (EditCall* call : calls) {
    aggregate::Change<Lead> change = EditOnce(ports, *call);
    for (int tries = 1; tries < kMostTries; ++tries) {
      if (error::ReasonOf(change.outcome.status()) != error::kWriteConflict) break;
      change = EditOnce(ports, *call);
    }
    serving::AnswerFrom(change, *call);
  }
}

}  // namespace crm::lead

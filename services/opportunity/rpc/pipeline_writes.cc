#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"
#include "common/serving/requests.h"
#include "services/opportunity/domain/pipeline_edit.h"
#include "services/opportunity/rpc/pipeline_checks.h"
#include "services/opportunity/rpc/pipeline_handlers.h"
#include "services/opportunity/rpc/pipeline_proto.h"

namespace crm::opportunity {
namespace {

using Change = aggregate::Change<Pipeline>;

template <class Resp>
std::string PipelineAnswer(const Pipeline& pipeline) {
  Resp response;
  ToProto(pipeline, *response.mutable_pipeline());
  return response.SerializeAsString();
}

const std::string& NameIn(const v1::UpdatePipelineRequest& request) {
  return request.pipeline().name();
}
template <class Req>
const std::string& NameIn(const Req& request) {
  return request.name();
}

// The change of the pipeline that `named` (the request, or a message in it) tells by name and etag.
template <class CallType, class Named>
Change ChangeOf(const CallType& call, const Named& named) {
  Change change;
  change.key = {call.context().tenant, PipelineId(SlugIn(named.name()))};
  change.etag = named.etag();
  change.request = serving::RequestOf(call.context(), call.request());
  change.answer = PipelineAnswer<typename CallType::Response>;
  return change;
}

// A caller's default pipeline is there like any other.
template <class CallType>
absl::Status EnsureDefault(const Ports& ports, const CallType& call) {
  return ports.pipeline_reads.EnsureDefaults(absl::MakeConstSpan(&call.context().tenant, 1),
                                             call.context().deadline);
}

// The repository knows pipelines by their ids; callers get their own names for them.
absl::Status Named(const absl::Status& status, const std::string& name) {
  const auto details = error::DetailsOf(status);
  if (!details) return status;
  if (details->reason == error::kResourceNotFound) return error::NotFound(name);
  if (details->reason == error::kDataDamaged) return error::DataDamaged(name);
  if (details->reason != error::kEtagMismatch) return status;
  error::Error stale = error::StaleEtag(name);
  for (const auto& [key, value] : details->metadata) {
    if (key != "resource") stale.With(key, value);
  }
  return stale;
}

// Changes of pipelines, of which `make(call)` makes one of each call.
template <class CallType, class Make>
void ChangePipelines(const Ports& ports, absl::Span<CallType* const> calls, const Make& make) {
  absl::flat_hash_map<aggregate::Key, std::string> names;
  serving::AnswerBatch<Change>(
      calls,
      [&](const CallType& call) -> absl::StatusOr<Change> {
        CRM_RETURN_IF_ERROR(EnsureDefault(ports, call));
        CRM_ASSIGN_OR_RETURN(Change change, make(call));
        names.emplace(change.key, NameIn(call.request()));
        return change;
      },
      [&](absl::Span<Change* const> changes, base::Deadline deadline) {
        ports.pipelines.Update(changes, deadline);
        for (Change* change : changes) {
          if (!change->outcome.ok()) {
            change->outcome = Named(change->outcome.status(), names[change->key]);
          }
        }
      });
}

// The stages that `edit` would leave without a way out and that have no opportunities.
absl::StatusOr<absl::flat_hash_set<std::string>> Unused(const Ports& ports, const PipelineKey& key,
                                                        const PipelineEdit& edit,
                                                        base::Deadline deadline) {
  absl::flat_hash_set<std::string> unused;
  if (!edit.stages) return unused;
  const absl::StatusOr<Definition> present = ports.pipeline_reads.Current(key, deadline);
  if (absl::IsNotFound(present.status())) return unused;
  if (!present.ok()) return present.status();
  const std::vector<std::string> abandoned = Abandoned(**present, edit);
  CRM_ASSIGN_OR_RETURN(const auto used, ports.pipeline_reads.InUse(key, abandoned, deadline));
  for (const std::string& stage : abandoned) {
    if (!used.contains(stage)) unused.insert(stage);
  }
  return unused;
}

// Paths of the rules as the request has them.
absl::Status InRequest(const absl::Status& status) {
  const auto details = error::DetailsOf(status);
  if (!details || details->fields.empty()) return status;
  std::vector<error::FieldViolation> fields = details->fields;
  for (error::FieldViolation& it : fields) {
    if (!absl::StartsWith(it.field, "successors")) it.field = absl::StrCat("pipeline.", it.field);
  }
  return rpc::FieldsInvalid(fields);
}

}  // namespace

void CreatePipelines(const Ports& ports,
                     rpc::Calls<v1::CreatePipelineRequest, v1::CreatePipelineResponse> calls) {
  using Creation = aggregate::Creation<Pipeline>;
  serving::CreateBatch(ports.pipelines, calls, [&](auto& call) -> absl::StatusOr<Creation> {
    CRM_RETURN_IF_ERROR(EnsureDefault(ports, call));
    const v1::CreatePipelineRequest& request = call.request();
    Creation creation;
    Pipeline& it = creation.aggregate;
    it.tenant = call.context().tenant;
    it.slug = request.pipeline_id();
    it.id = PipelineId(it.slug);
    it.display_name = request.pipeline().display_name();
    it.description = request.pipeline().description();
    CRM_RETURN_IF_ERROR(InRequest(Define(it, StagesFrom(request.pipeline()))));
    creation.request = serving::RequestOf(call.context(), request);
    creation.answer = PipelineAnswer<v1::CreatePipelineResponse>;
    return creation;
  });
}

void UpdatePipelines(const Ports& ports,
                     rpc::Calls<v1::UpdatePipelineRequest, v1::UpdatePipelineResponse> calls) {
  ChangePipelines(ports, calls, [&](const auto& call) -> absl::StatusOr<Change> {
    const v1::UpdatePipelineRequest& request = call.request();
    const rpc::CallContext& context = call.context();
    Change change = ChangeOf(call, request.pipeline());
    PipelineEdit edit = EditFrom(request, UpdatedFields(request));
    CRM_ASSIGN_OR_RETURN(
        auto unused,
        Unused(ports, {context.tenant, SlugIn(request.pipeline().name())}, edit, context.deadline));
    change.apply = [edit = std::move(edit), unused = std::move(unused),
                    occasion = serving::OccasionOf(ports, context, request)](Pipeline& it) {
      return InRequest(Edit(it, edit, occasion, unused));
    };
    return change;
  });
}

void ArchivePipelines(const Ports& ports,
                      rpc::Calls<v1::ArchivePipelineRequest, v1::ArchivePipelineResponse> calls) {
  ChangePipelines(ports, calls, [&](const auto& call) -> absl::StatusOr<Change> {
    Change change = ChangeOf(call, call.request());
    change.apply = [occasion = serving::OccasionOf(ports, call.context(), call.request())](
                       Pipeline& it) { return Archive(it, occasion); };
    return change;
  });
}

void UnarchivePipelines(
    const Ports& ports,
    rpc::Calls<v1::UnarchivePipelineRequest, v1::UnarchivePipelineResponse> calls) {
  ChangePipelines(ports, calls, [&](const auto& call) -> absl::StatusOr<Change> {
    Change change = ChangeOf(call, call.request());
    change.apply = [](Pipeline& it) { return Unarchive(it); };
    return change;
  });
}

}  // namespace crm::opportunity

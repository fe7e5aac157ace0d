#include "services/opportunity/rpc/pipeline_checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/rpc/field_mask.h"
#include "common/rpc/request_checks.h"
#include "services/opportunity/domain/pipeline_rules.h"
#include "services/opportunity/rpc/pipeline_proto.h"

namespace crm::opportunity {
namespace {

using rpc::kNameLimit;
using rpc::kOptional;
using rpc::kRequired;
using rpc::kTextLimit;
using rpc::Validation;

constexpr size_t kKeyLimit = 63;

constexpr rpc::MaskPath kMask[] = {{"display_name"}, {"description"}, {"stages"}};

// name, etag and request_id of a request about one pipeline.
template <class Req>
void CheckNamed(const Req& request, Validation& v) {
  v.SlugName("name", request.name(), kPipelines, kRequired);
  if constexpr (requires { request.etag(); }) v.Etag("etag", request.etag(), kOptional);
  if constexpr (requires { request.request_id(); }) {
    v.Uuid("request_id", request.request_id(), kOptional);
  }
}

void CheckGate(const v1::Gate& gate, const std::string& path, Validation& v) {
  v.Enum(path + "kind", gate.kind(), v1::GateKind_IsValid(gate.kind()), kRequired);
  v.Text(path + "field", gate.field(), {0, kKeyLimit, kOptional});
  v.Text(path + "attribute", gate.attribute(), {0, kKeyLimit, kOptional});
  v.MoneyField(path + "minimum_amount", gate.has_minimum_amount(), gate.minimum_amount(),
               kOptional);
  v.Number(path + "days", gate.days(), 0, kMostDays);
  v.Enum(path + "role", gate.role(), type::v1::BuyingRole_IsValid(gate.role()), kOptional);
}

void CheckStage(const v1::Stage& stage, const std::string& path, Validation& v) {
  v.Text(path + "key", stage.key(), {1, kKeyLimit, kRequired});
  v.Text(path + "display_name", stage.display_name(), {1, kNameLimit, kRequired});
  v.Enum(path + "type", stage.type(), v1::StageType_IsValid(stage.type()), kRequired);
  if (stage.type() == v1::STAGE_TYPE_OPEN && !stage.has_probability()) {
    v.Custom(path + "probability", "is required if OPEN");
  }
  v.Enum(path + "forecast_category", stage.forecast_category(),
         v1::ForecastCategory_IsValid(stage.forecast_category()),
         stage.type() == v1::STAGE_TYPE_OPEN ? kRequired : kOptional);
  for (int i = 0; i < stage.gates_size(); ++i) {
    CheckGate(stage.gates(i), absl::StrCat(path, "gates[", i, "]."), v);
  }
  v.Count(path + "next_stages", stage.next_stages_size(), kMostStages);
  for (int i = 0; i < stage.next_stages_size(); ++i) {
    v.Text(absl::StrCat(path, "next_stages[", i, "]"), stage.next_stages(i),
           {1, kKeyLimit, kRequired});
  }
  v.Text(path + "stage_key", stage.stage_key(), {0, kKeyLimit, kOptional});
}

// Shapes, and, where nothing was found that makes a value of no meaning, the rules of stages.
void CheckStageList(const v1::Pipeline& pipeline, Validation& v) {
  const size_t before = v.violations().size();
  for (int i = 0; i < pipeline.stages_size(); ++i) {
    CheckStage(pipeline.stages(i), absl::StrCat("pipeline.stages[", i, "]."), v);
  }
  if (v.violations().size() > before) return;
  for (const error::FieldViolation& it : CheckStages(StagesFrom(pipeline))) {
    v.Custom(absl::StrCat("pipeline.", it.field), it.description);
  }
}

void CheckField(absl::string_view field, const v1::Pipeline& pipeline, Validation& v) {
  if (field == "display_name") {
    v.Text("pipeline.display_name", pipeline.display_name(), {1, kNameLimit, kRequired});
  } else if (field == "description") {
    v.Text("pipeline.description", pipeline.description(), {0, kTextLimit, kOptional});
  } else if (field == "stages") {
    CheckStageList(pipeline, v);
  }
}

}  // namespace

void Check(const v1::CreatePipelineRequest& request, Validation& v) {
  v.Slug("pipeline_id", request.pipeline_id(), kRequired);
  v.Uuid("request_id", request.request_id(), kOptional);
  v.Present("pipeline", request.has_pipeline());
  if (!request.has_pipeline()) return;
  for (const rpc::MaskPath& field : kMask) CheckField(field.path, request.pipeline(), v);
}

void Check(const v1::GetPipelineRequest& request, Validation& v) {
  CheckNamed(request, v);
  v.Number("revision", request.revision(), 0, INT64_MAX);
}

void Check(const v1::ListPipelinesRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kPipelines, v);
}

void Check(const v1::UpdatePipelineRequest& request, Validation& v) {
  v.Uuid("request_id", request.request_id(), kOptional);
  v.Present("pipeline", request.has_pipeline());
  v.Count("successors", request.successors_size(), kMostStages);
  for (int i = 0; i < request.successors_size(); ++i) {
    const std::string path = absl::StrCat("successors[", i, "].");
    v.Text(path + "stage", request.successors(i).stage(), {1, kKeyLimit, kRequired});
    v.Text(path + "successor", request.successors(i).successor(), {1, kKeyLimit, kRequired});
  }
  if (!request.has_pipeline()) return;
  const v1::Pipeline& pipeline = request.pipeline();
  v.SlugName("pipeline.name", pipeline.name(), kPipelines, kRequired)
      .Etag("pipeline.etag", pipeline.etag(), kOptional);
  rpc::CheckMask(request.update_mask(), kMask, pipeline, v);
  for (const std::string& field : UpdatedFields(request)) CheckField(field, pipeline, v);
}

void Check(const v1::ArchivePipelineRequest& request, Validation& v) { CheckNamed(request, v); }
void Check(const v1::UnarchivePipelineRequest& request, Validation& v) { CheckNamed(request, v); }

std::vector<std::string> UpdatedFields(const v1::UpdatePipelineRequest& request) {
  return rpc::MaskedPaths(request.update_mask(), kMask, request.pipeline());
}

}  // namespace crm::opportunity

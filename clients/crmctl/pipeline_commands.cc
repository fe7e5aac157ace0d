#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <cstdio>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/pipeline/pipeline_diff.h"
#include "clients/crmctl/pipeline/pipeline_file.h"
#include "clients/crmctl/terminal_text.h"

namespace crm::crmctl {
namespace {

using opportunity::v1::Pipeline;

struct PipelineOptions {
  std::string name, file;
  bool yes = false, dry_run = false, yaml = false;
  int64_t revision = 0;
  ListOptions list;
};

absl::StatusOr<PipelineFile> FileOf(const std::string& path) {
  CRM_ASSIGN_OR_RETURN(const std::string text, TextOfFile(path));
  absl::StatusOr<PipelineFile> file = ParsePipelineFile(text, FormatOf(path));
  if (!file.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", file.status().message()));
  }
  return file;
}

// The pipeline as it is; nothing if there is none.
absl::StatusOr<std::optional<Pipeline>> Present(const client::Client& client,
                                                const std::string& name) {
  opportunity::v1::GetPipelineRequest request;
  request.set_name(name);
  auto response = client.Call(request);
  if (absl::IsNotFound(response.status())) return std::optional<Pipeline>();
  if (!response.ok()) return response.status();
  return std::optional<Pipeline>(std::move(*response->mutable_pipeline()));
}

// That each stage that goes has somebody to take its opportunities. Those of stages that are gone
// already say nothing.
absl::Status CheckSuccessors(const Pipeline& before, const PipelineFile& file) {
  std::vector<std::string> missing;
  for (const std::string& key : RemovedStages(before, file.pipeline)) {
    if (file.successors.count(key) == 0) missing.push_back(key);
  }
  if (missing.empty()) return absl::OkStatus();
  return Usage(absl::InvalidArgumentError(
      absl::StrCat("The file lacks stages that the pipeline has: ", absl::StrJoin(missing, ", "),
                   ". Say under \"successors\" where the opportunities of each go.")));
}

absl::StatusOr<Pipeline> Create(const client::Client& client, const PipelineFile& file) {
  opportunity::v1::CreatePipelineRequest request;
  *request.mutable_pipeline() = file.pipeline;
  request.set_pipeline_id(file.pipeline.name().substr(file.pipeline.name().find('/') + 1));
  request.mutable_pipeline()->clear_name();
  CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
  return response.pipeline();
}

// As it was read: who changed it meanwhile is not overruled.
absl::StatusOr<Pipeline> Change(const client::Client& client, const Pipeline& before,
                                const PipelineFile& file) {
  opportunity::v1::UpdatePipelineRequest request;
  *request.mutable_pipeline() = file.pipeline;
  request.mutable_pipeline()->set_etag(before.etag());
  request.mutable_update_mask()->add_paths("*");
  for (const std::string& key : RemovedStages(before, file.pipeline)) {
    auto& successor = *request.add_successors();
    successor.set_stage(key);
    successor.set_successor(file.successors.at(key));
  }
  CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
  return response.pipeline();
}

absl::Status Apply(const Session& session, const PipelineOptions& o) {
  absl::StatusOr<PipelineFile> file = FileOf(o.file);
  if (!file.ok()) return Usage(file.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const std::optional<Pipeline> before,
                       Present(client, file->pipeline.name()));
  const std::vector<std::string> lines =
      Differences(before ? &*before : nullptr, file->pipeline, file->successors);
  const std::string& name = file->pipeline.name();
  if (lines.empty()) {
    std::printf("%s is as the file says (revision %s).\n", name.c_str(),
                absl::StrCat(before->revision()).c_str());
    return absl::OkStatus();
  }
  for (const std::string& line : lines) std::printf("%s\n", OnOneLine(line).c_str());
  std::fflush(stdout);
  if (before) CRM_RETURN_IF_ERROR(CheckSuccessors(*before, *file));
  if (o.dry_run) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const bool confirmed, Confirmed(o.yes, o.file));
  if (!confirmed) {
    std::printf("Nothing was changed.\n");
    return absl::OkStatus();
  }
  CRM_ASSIGN_OR_RETURN(const Pipeline after,
                       before ? Change(client, *before, *file) : Create(client, *file));
  std::printf("%s: revision %s.\n", name.c_str(), absl::StrCat(after.revision()).c_str());
  return absl::OkStatus();
}

void PrintPipeline(const Session& session, const PipelineOptions& o, const Pipeline& pipeline) {
  if (o.yaml) {
    std::printf("%s", PipelineYaml(pipeline).c_str());
    return;
  }
  if (session.settings.json()) return PrintMessage(pipeline, true);
  Pipeline head = pipeline;
  head.clear_stages();
  PrintMessage(head, false);
  std::printf("\n");
  std::vector<std::vector<std::string>> rows;
  for (const auto& stage : pipeline.stages()) {
    std::vector<std::string> gates;
    for (const auto& gate : stage.gates()) gates.push_back(GateText(gate));
    rows.push_back({absl::StrCat(rows.size() + 1), stage.key(), stage.display_name(),
                    FieldText(stage, "type"), FieldText(stage, "probability"),
                    FieldText(stage, "forecast_category"), stage.stage_key(),
                    absl::StrJoin(stage.next_stages(), ", "), absl::StrJoin(gates, ", ")});
  }
  PrintTable({"#", "KEY", "NAME", "TYPE", "%", "CATEGORY", "STAGE KEY", "NEXT", "GATES"}, rows);
}

void AddApply(CLI::App* group, Session* session, const std::shared_ptr<PipelineOptions>& o) {
  CLI::App* apply = AddCommand(group, "apply", "make or change one so that it is as a file says",
                               session, [session, o] { return Apply(*session, *o); });
  apply
      ->add_option("file", o->file,
                   "YAML, or *.json: the fields of a Pipeline; - for YAML from "
                   "standard input")
      ->required();
  apply->add_flag("--yes", o->yes, "do not ask");
  apply->add_flag("--dry-run", o->dry_run, "only show what would change");
}

void AddPipelineReads(CLI::App* group, Session* session,
                      const std::shared_ptr<PipelineOptions>& o) {
  CLI::App* list = AddCommand(group, "list", "all of them", session, [session, o] {
    return PrintList(*session, o->list, opportunity::v1::ListPipelinesRequest(),
                     {{"NAME", "name"},
                      {"DISPLAY NAME", "display_name"},
                      {"STATE", "state"},
                      {"REVISION", "revision"},
                      {"CHANGED", "update_time"}},
                     [](auto* page) { return page->mutable_pipelines(); });
  });
  o->list.AddTo(list, "state = ACTIVE");
  CLI::App* show = AddCommand(group, "show", "one with its stages", session, [session, o] {
    Arguments arguments;
    opportunity::v1::GetPipelineRequest request;
    request.set_name(arguments.Name(o->name, "pipelines"));
    request.set_revision(o->revision);
    CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
    CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
    PrintPipeline(*session, *o, response.pipeline());
    return absl::OkStatus();
  });
  show->add_option("name", o->name, "pipelines/<id>")->required();
  show->add_option("--revision", o->revision, "as this revision defined it; default: the present");
  show->add_flag("--yaml", o->yaml, "as a file for apply");
}

}  // namespace

void AddPipelineCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("pipeline", "the stages that opportunities go through");
  group->require_subcommand(1);
  auto o = std::make_shared<PipelineOptions>();
  AddApply(group, session, o);
  AddPipelineReads(group, session, o);
  AddPipelineSummary(group, session);
  const auto pipeline = [](const auto& r) { return r.pipeline(); };
  AddNamedCall<opportunity::v1::ArchivePipelineRequest>(
      group, session, "archive", "it takes no new opportunities; those in it go on", "pipelines",
      pipeline);
  AddNamedCall<opportunity::v1::UnarchivePipelineRequest>(
      group, session, "unarchive", "it takes new ones again", "pipelines", pipeline);
}

}  // namespace crm::crmctl

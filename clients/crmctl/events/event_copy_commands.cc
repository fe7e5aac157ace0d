#include "clients/crmctl/events/event_copy_commands.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/events/event_copy.h"
#include "clients/crmctl/print.h"
#include "clients/crmctl/progress.h"
#include "common/base/file_text.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "crm/event/v1/stage_event_reads.pb.h"

namespace crm::crmctl {
namespace {

struct EventVerifyOptions {
  std::string file;
  std::string service;
  int partition = 0;
};

struct EventStagesOptions {
  std::string service;
  int limit = 50;
  bool all = false;
};

// Shows how far it is, too.
AskDigest Asking(const client::Client& client, const EventVerifyOptions& o, Progress& progress) {
  return [&client, &o, &progress](
             int64_t after,
             int64_t through) -> absl::StatusOr<event::v1::DigestStageEventsResponse> {
    event::v1::DigestStageEventsRequest request;
    request.set_partition(o.partition);
    request.set_after_sequence(after);
    request.set_through_sequence(through);
    CRM_ASSIGN_OR_RETURN(const auto response, client.CallOn(ServiceNamed(o.service), request));
    ProgressFacts shown;
    shown.label = o.service;
    shown.unit = "events";
    shown.done = after;
    shown.share = response.last_sequence() == 0
                      ? 1
                      : static_cast<double>(after) / static_cast<double>(response.last_sequence());
    progress.Show(shown, absl::Now());
    return response;
  };
}

void PrintProof(const CopyProof& proof, const EventVerifyOptions& o) {
  if (proof.first == 0) {
    std::printf("%s has no events\n", o.file.c_str());
    return;
  }
  if (proof.proved > 0) {
    std::printf("%s: events up to sequence %s are the log's, %s of them; it goes on to %s\n",
                o.service.c_str(), Grouped(proof.last).c_str(), Grouped(proof.proved).c_str(),
                Grouped(proof.log_end).c_str());
  }
  if (proof.unproved > 0) {
    std::printf("%s older ones have left the log and cannot be proved\n",
                Grouped(proof.unproved).c_str());
  }
}

absl::Status VerifyEvents(Session& session, const EventVerifyOptions& o) {
  absl::StatusOr<std::ifstream> copy = base::OpenFile(o.file);
  if (!copy.ok()) return Usage(error::FieldInvalid(o.file, "cannot be read"));
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  Progress progress(isatty(STDERR_FILENO) ? Progress::Style::kBar : Progress::Style::kLines);
  const absl::StatusOr<CopyProof> proof = ProveCopy(*copy, Asking(client, o, progress));
  progress.End();
  CRM_RETURN_IF_ERROR(proof.status());
  PrintProof(*proof, o);
  if (proof->difference.empty()) return absl::OkStatus();
  std::fprintf(stderr, "%s: %s\n", o.file.c_str(), proof->difference.c_str());
  session.exit_code = kExitFailed;
  return absl::OkStatus();
}

void PrintStage(const Session& session, const event::v1::PresentStage& stage) {
  const std::string line =
      session.settings.json()
          ? JsonOf(stage, false)
          : absl::StrCat(stage.subject(), " v", stage.version(), "  ", stage.stage(), "  since ",
                         FieldText(stage, "effective_time"), "\n");
  std::fputs(line.c_str(), stdout);
}

// The pages are not of one instant: one that begins to follow does so from where the first was.
absl::Status ListStages(const Session& session, const EventStagesOptions& o) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  event::v1::ListPresentStagesRequest request;
  if (!o.all) request.set_page_size(std::min(o.limit, 1000));
  int64_t left = o.all ? INT64_MAX : o.limit;
  std::string follow;
  CRM_RETURN_IF_ERROR(client.ForEachPageOf(ServiceNamed(o.service), request, [&](const auto& page) {
    if (follow.empty()) follow = absl::StrJoin(page.last_sequences(), " ");
    for (const event::v1::PresentStage& stage : page.stages()) {
      if (left-- > 0) PrintStage(session, stage);
    }
    return left > 0;
  }));
  std::fprintf(stderr, "to go on, follow each partition of the log from: %s\n", follow.c_str());
  return absl::OkStatus();
}

CLI::Option* AddService(CLI::App* command, std::string* service) {
  return command->add_option("--service", *service, "contact, lead or opportunity")
      ->required()
      ->check(CLI::IsMember({"contact", "lead", "opportunity"}));
}

void AddVerify(CLI::App* group, Session* session) {
  auto o = std::make_shared<EventVerifyOptions>();
  CLI::App* verify = AddCommand(group, "verify",
                                "proves that an export, with nothing left out, is what the log has",
                                session, [session, o] { return VerifyEvents(*session, *o); });
  verify->add_option("file", o->file, "of crmctl events export, as JSON lines")->required();
  AddService(verify, &o->service);
  verify->add_option("--partition", o->partition, "of a log that has several; from 0 on")
      ->check(CLI::NonNegativeNumber);
}

}  // namespace

void AddEventCopyCommands(CLI::App* group, Session* session) {
  AddVerify(group, session);
  auto o = std::make_shared<EventStagesOptions>();
  CLI::App* stages =
      AddCommand(group, "stages", "where each thing is, and from where to follow its log on",
                 session, [session, o] { return ListStages(*session, *o); });
  AddService(stages, &o->service);
  stages->add_option("--limit", o->limit, "at most so many")->check(CLI::PositiveNumber);
  stages->add_flag("--all", o->all, "all of them");
}

}  // namespace crm::crmctl

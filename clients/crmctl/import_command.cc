#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/import/import_run.h"
#include "clients/crmctl/import/value_text.h"
#include "clients/crmctl/import_command.h"
#include "clients/crmctl/import_report.h"
#include "clients/crmctl/print.h"
#include "clients/crmctl/progress.h"
#include "common/lifecycle/shutdown_signal.h"

namespace crm::crmctl {
namespace {

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

ProgressFacts FactsOf(const ImportRun& run) {
  const FileOutcome& file = run.current();
  ProgressFacts facts;
  facts.label = file.label;
  facts.done = file.Done();
  facts.failed = file.failed;
  facts.share = file.DoneShare();
  facts.calls = static_cast<int64_t>(run.in_flight());
  return facts;
}

absl::Status Report(Session* session, const ImportFiles& files, const ImportRun& run,
                    const ImportCost& cost, RejectsWriter* rejects) {
  PrintImport(files, run, cost, session->settings.json());
  CRM_RETURN_IF_ERROR(rejects->Flush());
  int64_t failed = 0;
  for (const FileOutcome& outcome : run.outcomes()) failed += outcome.failed;
  if (failed > 0) {
    session->exit_code = kExitRowsFailed;
    std::fprintf(stderr, "%s failed; they stand in %s with their reasons\n",
                 failed == 1 ? "1 row" : absl::StrCat(Grouped(failed), " rows").c_str(),
                 rejects->path().c_str());
  }
  if (run.stopped()) {
    session->exit_code = run.outage().ok() ? kExitInterrupted : kExitUnreachable;
    const std::string why =
        run.outage().ok() ? "" : absl::StrCat(": ", std::string(run.outage().message()));
    std::fprintf(stderr, "stopped%s. Run the same command again to go on; nothing is made twice.\n",
                 why.c_str());
  }
  return absl::OkStatus();
}

absl::Status Import(Session* session, const ImportOptions& o) {
  const lifecycle::ShutdownSignal signal;
  CRM_RETURN_IF_ERROR(Usage(client::Check(session->settings.caller)));
  if (o.mapping.empty()) return Usage(absl::InvalidArgumentError("--mapping is required"));
  const absl::StatusOr<Mapping> read = ReadMapping(o);
  if (!read.ok()) return Usage(read.status());
  const Mapping& mapping = *read;
  std::error_code ignored;
  if (!o.mended.empty() && std::filesystem::equivalent(o.mended, o.rejects + ".d", ignored)) {
    return Usage(absl::InvalidArgumentError(
        "--rejects: would overwrite what --mended reads; name another file"));
  }
  CRM_RETURN_IF_ERROR(Usage(RejectsWriter::CheckPlace(o.rejects)));
  const ImportIds ids(session->settings.caller.tenant, mapping.name);
  const std::function<bool()> stop = [&] { return signal.Triggered(); };
  const absl::StatusOr<std::unique_ptr<ImportFiles>> files =
      ImportFiles::Open(mapping, FolderOf(o, mapping), ids, absl::Now(), stop, o.mended);
  if (absl::IsCancelled(files.status())) {
    session->exit_code = kExitInterrupted;
    std::fprintf(stderr, "stopped while reading; nothing was sent\n");
    return absl::OkStatus();
  }
  if (!files.ok()) return Usage(files.status());
  std::set<std::string> notes;
  for (const FileMapping& file : mapping.files) notes.insert(AsOfNote(mapping, file));
  for (const std::string& note : notes) {
    if (!note.empty()) std::fprintf(stderr, "%s\n", note.c_str());
  }
  CRM_ASSIGN_OR_RETURN(client::Channels channels,
                       session->Channels(client::Channels::Retries::kNone));
  client::RetryPolicy retry;
  retry.total = absl::Seconds(o.retry_seconds);
  client::AsyncCalls calls(std::move(channels), session->settings.caller, retry);
  ImportRun::Options options;
  options.in_flight = o.in_flight;
  options.give_up = absl::Seconds(o.give_up_seconds);
  options.run = absl::StrCat(absl::ToUnixMicros(absl::Now()));
  RejectsWriter rejects(o.rejects, mapping);
  options.rejects = &rejects;
  ImportRun run(mapping, ids, files->get(), &calls, options);
  const auto style = isatty(STDERR_FILENO) ? Progress::Style::kBar : Progress::Style::kLines;
  Progress progress(style);
  const absl::Time start = absl::Now();
  const absl::Status status = run.Run([&](const ImportRun& at) {
    progress.Show(FactsOf(at), absl::Now());
    return signal.Triggered();
  });
  progress.End();
  if (style == Progress::Style::kLines) {
    for (const FileOutcome& file : run.outcomes()) {
      std::fprintf(stderr, "%s: %s of %s rows done\n", file.label.c_str(),
                   Grouped(file.Done()).c_str(), Grouped(file.read).c_str());
    }
  }
  const ImportCost cost{absl::Now() - start, CpuSeconds(), calls.counters().attempts};
  CRM_RETURN_IF_ERROR(Report(session, **files, run, cost, &rejects));
  return status;
}

}  // namespace

absl::StatusOr<Mapping> ReadMapping(const ImportOptions& o) {
  absl::StatusOr<Mapping> read = Mapping::Read(o.mapping);
  if (!read.ok()) return read;
  if (o.update) read->mode = Mapping::Mode::kUpdate;
  if (!o.exported.empty()) {
    read->exported = ParseTime(o.exported, {}, read->zone);
    if (!read->exported)
      return absl::InvalidArgumentError(
          "--exported: must be a date (2026-03-01) or a time (2026-03-01T09:00:00Z)");
  }
  // All later exports would be taken for older ones.
  if (read->exported && *read->exported > absl::Now()) {
    return absl::InvalidArgumentError(absl::StrCat(
        o.exported.empty() ? "exported" : "--exported", ": ", AsOfText(*read->exported),
        " lies in the future; a date is its midnight in the mapping's zone"));
  }
  if (!o.pipeline.empty()) read->pipeline = Arguments().Name(o.pipeline, "pipelines");
  return read;
}

std::string FolderOf(const ImportOptions& o, const Mapping& mapping) {
  if (!o.data.empty()) return o.data;
  const std::filesystem::path folder = std::filesystem::path(o.mapping).parent_path();
  return (folder / mapping.data).string();
}

void AddMappingOptions(CLI::App* command, ImportOptions* o) {
  command->add_option("--mapping", o->mapping, "the mapping file (JSON)");
  command->add_option("--data", o->data, "folder of the CSV files; default: as the mapping says");
  command->add_flag("--update", o->update,
                    "bring what is there up to a newer export; default: as the mapping says");
  command->add_option("--exported", o->exported,
                      "when the files were exported: what is known from a newer export stays");
}

void AddImportCommand(CLI::App* app, Session* session) {
  auto o = std::make_shared<ImportOptions>();
  CLI::App* command =
      AddCommand(app, "import",
                 "bring in companies, people, deals and what is known of them from CSV files; "
                 "running it again changes nothing",
                 session, [session, o] { return Import(session, *o); });
  command->require_subcommand(0, 1);
  // Runs behind the one of `check` or `draft`, if one of these is meant.
  command->callback([session, o, command] {
    if (command->get_subcommands().empty()) session->action = [=] { return Import(session, *o); };
  });
  AddImportCheck(command, session);
  AddMappingOptions(command, o.get());
  command->add_option("--pipeline", o->pipeline,
                      "which the opportunities go through; default: as the mapping says");
  command->add_option("--rejects", o->rejects, "where failed rows are written")
      ->capture_default_str();
  command
      ->add_option("--mended", o->mended,
                   "folder with refused rows that were mended, as <rejects>.d: these alone are "
                   "imported; --data has what they refer to")
      ->check(CLI::ExistingDirectory);
  command->add_option("--in-flight", o->in_flight, "rows at once")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command->add_option("--retry-seconds", o->retry_seconds, "how long a call is tried")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  command
      ->add_option("--give-up-seconds", o->give_up_seconds,
                   "stop when no call at all was answered for so long; 0: never")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  command->footer(
      "Stopped by Ctrl-C (exit code 130) or because nothing answers (3), the same command goes on\n"
      "where it was. Failed rows (4) stand in the rejects file.");
}

}  // namespace crm::crmctl

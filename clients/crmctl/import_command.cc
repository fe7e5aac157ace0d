#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/import/import_run.h"
#include "clients/crmctl/import/value_text.h"
#include "clients/crmctl/import_command.h"
#include "clients/crmctl/progress.h"
#include "common/lifecycle/shutdown_signal.h"

namespace crm::crmctl {
namespace {

// What the run cost.
struct Cost {
  absl::Duration time;
  double cpu_seconds = 0;
  int64_t calls = 0;
  int64_t rows = 0;
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The failed rows with their reasons, and what was left out of others; an old file of them goes
// away when there are none.
absl::Status WriteRejects(const std::string& path, const std::vector<LoadedFile>& files,
                          const std::vector<FileOutcome>& outcomes) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  std::ofstream out;
  const auto write = [&](const LoadedFile& file, const Rejected& each, const char* mark) {
    if (!out.is_open()) {
      out.open(path, std::ios::binary);
      out << "file,line,reason,row\n";
    }
    const CsvRow& row = file.table.rows()[each.row];
    out << CsvField(file.mapping->file) << ',' << row.line << ','
        << CsvField(absl::StrCat(mark, each.reason)) << ',' << CsvField(row.raw) << '\n';
  };
  for (size_t i = 0; i < outcomes.size(); ++i) {
    for (const Rejected& each : outcomes[i].rejected) write(files[i], each, "");
    for (const Rejected& each : outcomes[i].warnings) write(files[i], each, "warning: ");
  }
  out.flush();
  if (out.good()) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(path, ": the rejects file cannot be written"));
}

// Beside the rejects file, per file of the import, the failed rows alone with the header of the
// file: to be mended and imported by the same mapping.
absl::Status WriteMendable(const std::string& rejects, const std::vector<LoadedFile>& files,
                           const std::vector<FileOutcome>& outcomes) {
  const std::filesystem::path folder = rejects + ".d";
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  for (size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].rejected.empty()) continue;
    const std::filesystem::path path =
        folder / std::filesystem::path(files[i].mapping->file).filename();
    std::filesystem::create_directories(folder, error);
    std::ofstream out(path, std::ios::binary);
    // Read as UTF-8, whatever the mapping says of the encoding of the first file.
    out << "\xEF\xBB\xBF" << std::string(static_cast<size_t>(files[i].mapping->skip), '\n')
        << files[i].table.header() << '\n';
    for (const Rejected& each : outcomes[i].rejected) {
      out << files[i].table.rows()[each.row].raw << '\n';
    }
    out.flush();
    if (!out.good()) {
      return absl::PermissionDeniedError(absl::StrCat(path.string(), ": cannot be written"));
    }
  }
  return absl::OkStatus();
}

int64_t Sum(const std::vector<FileOutcome>& outcomes, int64_t FileOutcome::*member) {
  int64_t sum = 0;
  for (const FileOutcome& outcome : outcomes) sum += outcome.*member;
  return sum;
}

void PrintJson(const std::vector<LoadedFile>& files, const ImportRun& run, const Cost& cost) {
  nlohmann::ordered_json json;
  for (size_t i = 0; i < files.size(); ++i) {
    const FileOutcome& outcome = run.outcomes()[i];
    nlohmann::ordered_json& node = json["files"].emplace_back();
    node["file"] = files[i].mapping->file;
    node["label"] = outcome.label;
    node["read"] = outcome.read;
    node["created"] = outcome.created;
    node["updated"] = outcome.updated;
    node["unchanged"] = outcome.unchanged;
    node["deleted"] = outcome.deleted;
    node["failed"] = outcome.failed;
    node["left"] = outcome.read - outcome.Done();
    for (const auto& [key, rows] :
         {std::pair{"failures", &outcome.rejected}, {"warnings", &outcome.warnings}}) {
      node[key] = nlohmann::ordered_json::array();
      for (const Rejected& each : *rows) {
        node[key].push_back(
            {{"line", files[i].table.rows()[each.row].line}, {"reason", ValidText(each.reason)}});
      }
    }
  }
  json["stopped"] = run.stopped();
  if (!run.outage().ok()) json["outage"] = std::string(run.outage().message());
  json["seconds"] = absl::ToDoubleSeconds(cost.time);
  json["calls"] = cost.calls;
  json["clientCpuSeconds"] = cost.cpu_seconds;
  std::printf("%s\n",
              json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void PrintFailures(const LoadedFile& file, const FileOutcome& outcome) {
  if (outcome.rejected.empty()) return;
  constexpr size_t kShown = 20;
  std::string lines;
  for (size_t i = 0; i < outcome.rejected.size() && i < kShown; ++i) {
    absl::StrAppend(&lines, i == 0 ? "" : ", ", file.table.rows()[outcome.rejected[i].row].line);
  }
  if (outcome.rejected.size() > kShown) absl::StrAppend(&lines, ", …");
  std::printf("%s: failed on %s %s\n", file.mapping->file.c_str(),
              outcome.rejected.size() == 1 ? "line" : "lines", lines.c_str());
  constexpr size_t kReasons = 5;
  for (size_t i = 0; i < outcome.rejected.size() && i < kReasons; ++i) {
    std::printf("  line %lld: %s\n",
                static_cast<long long>(file.table.rows()[outcome.rejected[i].row].line),
                outcome.rejected[i].reason.c_str());
  }
}

void PrintSummary(const std::vector<LoadedFile>& files, const ImportRun& run, const Cost& cost) {
  std::vector<std::vector<std::string>> rows;
  for (const FileOutcome& outcome : run.outcomes()) {
    rows.push_back({outcome.label, Grouped(outcome.read), Grouped(outcome.created),
                    Grouped(outcome.updated), Grouped(outcome.unchanged), Grouped(outcome.deleted),
                    Grouped(static_cast<int64_t>(outcome.warnings.size())),
                    Grouped(outcome.failed)});
    if (run.stopped()) rows.back().push_back(Grouped(outcome.read - outcome.Done()));
  }
  std::vector<std::string> titles = {"",          "READ",    "CREATED", "UPDATED",
                                     "UNCHANGED", "DELETED", "WARNED",  "FAILED"};
  if (run.stopped()) titles.push_back("LEFT");
  PrintTable(titles, rows);
  const double seconds = std::max(absl::ToDoubleSeconds(cost.time), 1e-6);
  std::printf("%s rows and %s calls in %.2f s: %s rows/s, %s calls/s; client CPU %.2f s",
              Grouped(cost.rows).c_str(), Grouped(cost.calls).c_str(), seconds,
              Grouped(static_cast<int64_t>(static_cast<double>(cost.rows) / seconds)).c_str(),
              Grouped(static_cast<int64_t>(static_cast<double>(cost.calls) / seconds)).c_str(),
              cost.cpu_seconds);
  if (cost.calls > 0) {
    std::printf(" (%.1f µs a call)", 1e6 * cost.cpu_seconds / static_cast<double>(cost.calls));
  }
  std::printf("\n");
  for (size_t i = 0; i < files.size(); ++i) PrintFailures(files[i], run.outcomes()[i]);
}

absl::Status Report(Session* session, const ImportOptions& o, const std::vector<LoadedFile>& files,
                    const ImportRun& run, const Cost& cost) {
  session->settings.json() ? PrintJson(files, run, cost) : PrintSummary(files, run, cost);
  CRM_RETURN_IF_ERROR(WriteRejects(o.rejects, files, run.outcomes()));
  CRM_RETURN_IF_ERROR(WriteMendable(o.rejects, files, run.outcomes()));
  const int64_t failed = Sum(run.outcomes(), &FileOutcome::failed);
  if (failed > 0) {
    session->exit_code = kExitRowsFailed;
    std::fprintf(stderr, "%s failed; they stand in %s with their reasons\n",
                 failed == 1 ? "1 row" : absl::StrCat(Grouped(failed), " rows").c_str(),
                 o.rejects.c_str());
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
  const ImportIds ids(session->settings.caller.tenant, mapping.name);
  const absl::StatusOr<std::vector<LoadedFile>> loaded = LoadFiles(
      mapping, FolderOf(o, mapping), ids, absl::Now(), [&] { return signal.Triggered(); });
  if (absl::IsCancelled(loaded.status())) {
    session->exit_code = kExitInterrupted;
    std::fprintf(stderr, "stopped while reading; nothing was sent\n");
    return absl::OkStatus();
  }
  if (!loaded.ok()) return Usage(loaded.status());
  const std::vector<LoadedFile>& files = *loaded;
  CRM_ASSIGN_OR_RETURN(client::Channels channels,
                       session->Channels(client::Channels::Retries::kNone));
  client::RetryPolicy retry;
  retry.total = absl::Seconds(o.retry_seconds);
  client::AsyncCalls calls(std::move(channels), session->settings.caller, retry);
  ImportRun::Options options;
  options.in_flight = o.in_flight;
  options.give_up = absl::Seconds(o.give_up_seconds);
  ImportRun run(mapping, ids, files, &calls, options);
  Progress progress(isatty(STDERR_FILENO) ? Progress::Style::kBar : Progress::Style::kLines);
  const absl::Time start = absl::Now();
  const absl::Status status = run.Run([&](const ImportRun& at) {
    progress.Show(at.current(), absl::Now());
    return signal.Triggered();
  });
  progress.End(run.outcomes(), absl::Now());
  Cost cost{absl::Now() - start, CpuSeconds(), calls.counters().attempts};
  for (const FileOutcome& outcome : run.outcomes()) cost.rows += outcome.Done();
  CRM_RETURN_IF_ERROR(Report(session, o, files, run, cost));
  return status;
}

}  // namespace

absl::StatusOr<Mapping> ReadMapping(const ImportOptions& o) {
  absl::StatusOr<Mapping> read = Mapping::Read(o.mapping);
  if (!read.ok()) return read;
  if (o.update) read->mode = Mapping::Mode::kUpdate;
  if (!o.exported.empty()) {
    read->exported = ParseTime(o.exported, {}, read->zone);
    if (!read->exported) return absl::InvalidArgumentError("--exported: is no date or time");
  }
  if (!o.pipeline.empty()) read->pipeline = Arguments().Name(o.pipeline, "pipelines");
  return read;
}

std::string FolderOf(const ImportOptions& o, const Mapping& mapping) {
  if (!o.data.empty()) return o.data;
  const std::filesystem::path folder = std::filesystem::path(o.mapping).parent_path();
  return (folder / mapping.data).string();
}

void AddImportCommand(CLI::App* app, Session* session) {
  auto o = std::make_shared<ImportOptions>();
  CLI::App* command = AddCommand(app, "import",
                                 "bring in companies, people and deals from CSV files; "
                                 "running it again changes nothing",
                                 session, [session, o] { return Import(session, *o); });
  command->require_subcommand(0, 1);
  // Runs behind the one of `check` or `draft`, if one of these is meant.
  command->callback([session, o, command] {
    if (command->get_subcommands().empty()) session->action = [=] { return Import(session, *o); };
  });
  AddImportCheck(command, session);
  command->add_option("--mapping", o->mapping, "the mapping file (JSON)");
  command->add_option("--data", o->data, "folder of the CSV files; default: as the mapping says");
  command->add_option("--pipeline", o->pipeline,
                      "which the opportunities go through; default: as the mapping says");
  command->add_flag("--update", o->update,
                    "bring what is there up to a newer export; default: as the mapping says");
  command->add_option("--exported", o->exported,
                      "when the files were exported: what is known from a newer export stays");
  command->add_option("--rejects", o->rejects, "where failed rows are written")
      ->capture_default_str();
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

#include "clients/crmctl/events/event_export_command.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/events/event_options.h"
#include "clients/crmctl/events/event_writer.h"
#include "clients/crmctl/print.h"
#include "clients/crmctl/progress.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/lifecycle/shutdown_signal.h"

namespace crm::crmctl {
namespace {

// Where the events of a partition go if all are exported: "deals.jsonl", "deals.1.jsonl" and so on.
std::string FileOf(const std::string& file, int partition) {
  if (file.empty() || partition == 0) return file;
  const std::filesystem::path path(file);
  const std::string name =
      absl::StrCat(path.stem().string(), ".", partition, path.extension().string());
  return (path.parent_path() / name).string();
}

// One partition, into a file of its own or behind what was written; how many the log has.
absl::StatusOr<int> ExportPartition(const client::Client& client, const EventOptions& o,
                                    EventWriter& writer, const lifecycle::ShutdownSignal& signal) {
  CRM_ASSIGN_OR_RETURN(const int64_t begin, BeginOf(client, o));
  const int64_t after = std::max(begin, writer.last_sequence());
  const EventFilter filter = FilterOf(o);
  Progress progress(isatty(STDERR_FILENO) ? Progress::Style::kBar : Progress::Style::kLines);
  ProgressFacts shown;
  shown.label = absl::StrCat(o.service, ":", o.partition);
  shown.unit = "events";
  int64_t written = 0;
  int64_t reached = after;
  int partitions = 1;
  const absl::Status status =
      ReadEvents(client, LogOf(o), after, [&](const EventPage& page) -> absl::StatusOr<bool> {
        partitions = std::max(page.partitions(), 1);
        for (const event::v1::StageEvent& event : page.events()) {
          if (!filter.Matches(event.change())) continue;
          CRM_RETURN_IF_ERROR(writer.Write(event));
          ++written;
        }
        CRM_RETURN_IF_ERROR(writer.Flush());
        reached = std::max(reached, page.read_sequence());
        const int64_t all = page.last_sequence() - after;
        shown.done = reached - after;
        shown.share = all == 0 ? 1 : static_cast<double>(shown.done) / static_cast<double>(all);
        progress.Show(shown, absl::Now());
        return !signal.Triggered();
      });
  progress.End();
  std::fprintf(stderr, "%s: %s events, up to sequence %lld%s\n", shown.label.c_str(),
               Grouped(written).c_str(), static_cast<long long>(reached),
               signal.Triggered() ? "; stopped" : "");
  CRM_RETURN_IF_ERROR(status);
  return partitions;
}

absl::Status Export(const Session& session, const EventOptions& given) {
  if (given.resume && given.file.empty()) {
    return Usage(error::FieldInvalid("--resume", "needs --file, which it goes on with"));
  }
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  const EventFormat format = given.format == "csv" ? EventFormat::kCsv : EventFormat::kJsonLines;
  const lifecycle::ShutdownSignal signal;
  const bool all = given.partition < 0 && given.after == 0;  // a sequence is of one partition
  EventOptions o = given;
  std::unique_ptr<EventWriter> writer;
  int partitions = 1;
  for (o.partition = std::max(given.partition, 0);; ++o.partition) {
    if (writer == nullptr || !o.file.empty()) {
      const std::string file = all ? FileOf(o.file, o.partition) : o.file;
      CRM_ASSIGN_OR_RETURN(writer, EventWriter::Open(file, format, o.resume));
    } else {
      writer->BeginAnew();
    }
    CRM_ASSIGN_OR_RETURN(partitions, ExportPartition(client, o, *writer, signal));
    if (!all || signal.Triggered() || o.partition + 1 >= partitions) return absl::OkStatus();
  }
}

}  // namespace

void AddEventExport(CLI::App* group, Session* session) {
  auto o = std::make_shared<EventOptions>();
  CLI::App* command = AddCommand(group, "export", "all of the log of a service, into a file",
                                 session, [session, o] { return Export(*session, *o); });
  o->partition = -1;
  AddBegin(
      command, o.get(),
      "this one alone; if left out, all: of a log that has several each into a file of its own, "
      "deals.jsonl, deals.1.jsonl, …");
  AddFilter(command, o.get());
  command->add_option("--file", o->file, "where to; standard output if left out");
  command->add_option("--format", o->format, "jsonl or csv")
      ->check(CLI::IsMember({"jsonl", "csv"}));
  command->add_flag("--resume", o->resume, "go on with a file that was left in the middle");
}

}  // namespace crm::crmctl

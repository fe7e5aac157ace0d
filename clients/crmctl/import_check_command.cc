// What an import would do, told before anything is sent.

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/import/column_profile.h"
#include "clients/crmctl/import/draft.h"
#include "clients/crmctl/import/record_feed.h"
#include "clients/crmctl/import/value_text.h"
#include "clients/crmctl/import_command.h"
#include "clients/crmctl/print.h"
#include "common/base/status.h"
#include "common/lifecycle/shutdown_signal.h"

namespace crm::crmctl {
namespace {

// Reasons with how many rows have each; what is in quotes, and figures, differ from row to row.
class ReasonCounts {
 public:
  void Add(const std::string& reason) {
    ++rows_;
    std::string kind;
    bool quoted = false;
    for (const char c : reason) {
      if (c == '"') quoted = !quoted;
      if (!quoted && (c < '0' || c > '9')) kind += c;
    }
    auto& [count, example] = by_kind_[kind];
    if (++count == 1) example = ValidText(reason);
  }
  int64_t rows() const { return rows_; }
  // The most frequent first.
  std::vector<std::pair<int64_t, std::string>> Sums() const {
    std::vector<std::pair<int64_t, std::string>> sums;
    for (const auto& [kind, sum] : by_kind_) sums.push_back(sum);
    std::sort(sums.rbegin(), sums.rend());
    return sums;
  }

 private:
  int64_t rows_ = 0;
  std::map<std::string, std::pair<int64_t, std::string>> by_kind_;
};

// What a file of the import looks like.
struct CheckedFile {
  const FileMapping* mapping = nullptr;
  int64_t read = 0;
  ReasonCounts refused, warned;
  std::vector<ColumnProfile> columns;

  int64_t importable() const { return read - refused.rows(); }
};

absl::StatusOr<CheckedFile> CheckFile(RecordFeed* feed) {
  CheckedFile checked;
  checked.mapping = &feed->mapping();
  TableProfiler profiler(feed->file().columns());
  feed->Watch([&](const CsvRow& row) { profiler.Take(row); });
  ImportRecord record;
  while (feed->Next(&record)) {
    if (!record.problem.empty()) {
      checked.refused.Add(record.problem);
    } else if (!record.warning.empty()) {
      checked.warned.Add(record.warning);
    }
  }
  checked.read = feed->read();
  checked.columns = profiler.Profiles();
  if (!feed->status().ok()) return feed->status();
  return checked;
}

nlohmann::ordered_json SumsJson(const ReasonCounts& counts) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const auto& [count, reason] : counts.Sums()) {
    json.push_back({{"rows", count}, {"reason", reason}});
  }
  return json;
}

void PrintCheckJson(const std::vector<CheckedFile>& files) {
  nlohmann::ordered_json json;
  for (const CheckedFile& file : files) {
    nlohmann::ordered_json& node = json["files"].emplace_back();
    node["file"] = file.mapping->file;
    node["entity"] = NameOf(file.mapping->entity);
    node["read"] = file.read;
    node["importable"] = file.importable();
    node["refused"] = SumsJson(file.refused);
    node["warned"] = SumsJson(file.warned);
    for (const ColumnProfile& each : file.columns) {
      node["columns"].push_back({{"name", each.name},
                                 {"type", each.type},
                                 {"filled", each.filled},
                                 {"distinct", each.distinct},
                                 {"spoiled", each.spoiled},
                                 {"formats", each.formats},
                                 {"examples", each.examples}});
    }
  }
  std::printf("%s\n",
              json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

void PrintSums(const char* what, const ReasonCounts& counts) {
  for (const auto& [count, reason] : counts.Sums()) {
    std::printf("  %s %s rows, as: %s\n", what, Grouped(count).c_str(), reason.c_str());
  }
}

void PrintCheck(const CheckedFile& file) {
  std::printf("%s: %s rows are a %s each; %s can be imported, %s are refused\n",
              file.mapping->file.c_str(), Grouped(file.read).c_str(), NameOf(file.mapping->entity),
              Grouped(file.importable()).c_str(), Grouped(file.refused.rows()).c_str());
  if (file.mapping->key.from == KeySource::From::kRow) {
    std::printf("  the key is the place of a row: rows must never change places\n");
  }
  PrintSums("refused:", file.refused);
  PrintSums("warned of:", file.warned);
  std::vector<std::vector<std::string>> rows;
  for (const ColumnProfile& each : file.columns) {
    std::string looks = each.type;
    if (!each.formats.empty()) {
      absl::StrAppend(&looks, each.formats.size() > 1 ? " (SEVERAL FORMATS FIT: " : " (",
                      absl::StrJoin(each.formats, ", "), ")");
    }
    const size_t shown = std::min<size_t>(each.examples.size(), 8);
    rows.push_back({each.name, looks, Grouped(each.filled), Grouped(each.distinct),
                    absl::StrJoin(each.examples.begin(), each.examples.begin() + shown, " ")});
  }
  PrintTable({"COLUMN", "LOOKS LIKE", "FILLED", "DISTINCT", "EXAMPLES"}, rows);
  std::printf("\n");
}

absl::StatusOr<std::vector<CheckedFile>> CheckFiles(const ImportOptions& o, const Mapping& mapping,
                                                    const std::string& tenant,
                                                    const std::function<bool()>& stop) {
  const ImportIds ids(tenant, mapping.name);
  CRM_ASSIGN_OR_RETURN(const auto files,
                       ImportFiles::Open(mapping, FolderOf(o, mapping), ids, absl::Now(), stop));
  std::vector<CheckedFile> checked;
  for (size_t i = 0; i < files->size(); ++i) {
    CRM_ASSIGN_OR_RETURN(checked.emplace_back(), CheckFile(&files->feed(i)));
  }
  return checked;
}

absl::Status Check(Session* session, const ImportOptions& o) {
  const lifecycle::ShutdownSignal signal;
  const absl::StatusOr<Mapping> mapping = ReadMapping(o);
  if (!mapping.ok()) return Usage(mapping.status());
  const absl::StatusOr<std::vector<CheckedFile>> files =
      CheckFiles(o, *mapping, session->settings.caller.tenant, [&] { return signal.Triggered(); });
  if (absl::IsCancelled(files.status())) {
    session->exit_code = kExitInterrupted;
    return absl::OkStatus();
  }
  if (!files.ok()) return Usage(files.status());
  if (session->settings.json()) {
    PrintCheckJson(*files);
  } else {
    for (const CheckedFile& file : *files) PrintCheck(file);
  }
  const bool refused = std::any_of(files->begin(), files->end(),
                                   [](const CheckedFile& file) { return file.refused.rows() > 0; });
  if (refused) session->exit_code = kExitRowsFailed;
  return absl::OkStatus();
}

}  // namespace

void AddImportCheck(CLI::App* import, Session* session) {
  auto o = std::make_shared<ImportOptions>();
  CLI::App* check = AddCommand(import, "check", "say what an import would do, and send nothing",
                               session, [session, o] { return Check(session, *o); });
  check->add_option("--mapping", o->mapping, "the mapping file (JSON)")->required();
  check->add_option("--data", o->data, "folder of the CSV files; default: as the mapping says");
  check->footer(
      "Rows whose contact people have deleted, and rules that only the services know, show when "
      "it\n"
      "runs. Exit code 4: some rows would be refused.");

  auto folder = std::make_shared<std::string>();
  CLI::App* draft = AddCommand(import, "draft", "write a first mapping for the files of a folder",
                               session, [folder] {
                                 const absl::StatusOr<std::string> text = DraftMapping(*folder);
                                 if (!text.ok()) return Usage(text.status());
                                 std::fputs(text->c_str(), stdout);
                                 return absl::OkStatus();
                               });
  draft->add_option("folder", *folder, "where the CSV files are")->required();
  draft->footer("By the names of the columns. Each guess says so in a comment: look at them all.");
}

}  // namespace crm::crmctl

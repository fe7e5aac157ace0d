// What an import would do, told before anything is sent.

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <absl/types/span.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/import/column_profile.h"
#include "clients/crmctl/import/draft.h"
#include "clients/crmctl/import/import_files.h"
#include "clients/crmctl/import/rejected_groups.h"
#include "clients/crmctl/import_command.h"
#include "clients/crmctl/import_report.h"
#include "clients/crmctl/print.h"
#include "clients/crmctl/terminal_text.h"
#include "common/base/status.h"
#include "common/lifecycle/shutdown_signal.h"

namespace crm::crmctl {
namespace {

// What a file of the import looks like.
struct CheckedFile {
  const FileMapping* mapping = nullptr;
  std::string as_of;  // see AsOfNote
  int64_t read = 0;
  int64_t passed_over = 0;
  RejectedGroups refused, warned;
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
      checked.refused.Add(record.line, record.problem);
    } else if (!record.warning.empty()) {
      checked.warned.Add(record.line, record.warning);
    }
  }
  checked.read = feed->read();
  checked.passed_over = feed->passed_over();
  checked.columns = profiler.Profiles();
  if (!feed->status().ok()) return feed->status();
  return checked;
}

nlohmann::ordered_json GroupsJson(const RejectedGroups& groups) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const RejectedGroup& group : groups.Groups()) {
    nlohmann::ordered_json& node = json.emplace_back(nlohmann::ordered_json{
        {"rows", group.rows}, {"reason", group.reason}, {"lines", group.lines}});
    node["values"] = nlohmann::ordered_json::array();
    for (const auto& [value, count] : group.values) {
      node["values"].push_back({{"value", value}, {"rows", count}});
    }
  }
  return json;
}

void PrintCheckJson(const std::vector<CheckedFile>& files) {
  nlohmann::ordered_json json;
  for (const CheckedFile& file : files) {
    nlohmann::ordered_json& node = json["files"].emplace_back();
    node["file"] = file.mapping->file;
    node["entity"] = NameOf(file.mapping->entity);
    node["label"] = file.mapping->label;
    node["read"] = file.read;
    node["passed_over"] = file.passed_over;
    if (!file.as_of.empty()) node["as_of"] = file.as_of;
    node["importable"] = file.importable();
    node["refused"] = GroupsJson(file.refused);
    node["warned"] = GroupsJson(file.warned);
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

std::string Rows(int64_t count) {
  return count == 1 ? "1 row" : absl::StrCat(Grouped(count), " rows");
}

void PrintGroups(const char* what, const RejectedGroups& groups) {
  for (const RejectedGroup& group : groups.Groups()) {
    std::printf("  %s %s, %s line %lld: %s\n", what, Rows(group.rows).c_str(),
                group.rows == 1 ? "on" : "as", static_cast<long long>(group.lines.front()),
                OnOneLine(group.reason).c_str());
    if (group.values.size() < 2) continue;
    const auto value = [](std::string* out, const std::pair<std::string, int64_t>& each) {
      absl::StrAppend(out, "\"", each.first, "\" (", each.second, ")");
    };
    std::printf("    %s\n", OnOneLine(absl::StrJoin(group.values, ", ", value)).c_str());
  }
}

void PrintColumns(const CheckedFile& file) {
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

// `before`: the parts before it. Of several parts of one file the columns are told once.
void PrintCheck(const CheckedFile& file, absl::Span<const CheckedFile> before) {
  const char* const entity = NameOf(file.mapping->entity);
  const bool vowel = absl::string_view("aeiou").find(entity[0]) != absl::string_view::npos;
  const std::string label =
      file.mapping->label == file.mapping->file ? "" : absl::StrCat(" (", file.mapping->label, ")");
  std::printf("%s%s: %s, %s %s each; %s can be imported, %s refused\n", file.mapping->file.c_str(),
              label.c_str(), Rows(file.read).c_str(), vowel ? "an" : "a", entity,
              Grouped(file.importable()).c_str(), Grouped(file.refused.rows()).c_str());
  if (file.mapping->key.from == KeySource::From::kRow) {
    std::printf("  the key is the place of a row: rows must never change places\n");
  }
  if (file.passed_over > 0) {
    std::printf("  %s more of a key that stood before, passed over\n",
                Rows(file.passed_over).c_str());
  }
  if (!file.as_of.empty()) std::printf("  %s\n", file.as_of.c_str());
  PrintGroups("refused:", file.refused);
  PrintGroups("warned of:", file.warned);
  const bool told = std::any_of(before.begin(), before.end(), [&](const CheckedFile& each) {
    return each.mapping->file == file.mapping->file;
  });
  if (told) {
    std::printf("  columns: above\n\n");
  } else {
    PrintColumns(file);
  }
}

absl::StatusOr<std::vector<CheckedFile>> CheckFiles(const ImportOptions& o, const Mapping& mapping,
                                                    const std::string& tenant,
                                                    const std::function<bool()>& stop) {
  const ImportIds ids(tenant, mapping.name);
  CRM_ASSIGN_OR_RETURN(const auto files, ImportFiles::Open(mapping, FolderOf(o, mapping), ids,
                                                           absl::Now(), stop, o.mended));
  std::vector<CheckedFile> checked;
  for (size_t i = 0; i < files->size(); ++i) {
    CRM_ASSIGN_OR_RETURN(checked.emplace_back(), CheckFile(&files->feed(i)));
    checked.back().as_of = AsOfNote(mapping, files->feed(i).mapping());
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
    for (size_t i = 0; i < files->size(); ++i) {
      PrintCheck((*files)[i], absl::MakeConstSpan(*files).subspan(0, i));
    }
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
  AddMappingOptions(check, o.get());
  check->get_option("--mapping")->required();
  check->add_option("--mended", o->mended, "look at mended rows alone: see import --mended")
      ->check(CLI::ExistingDirectory);
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

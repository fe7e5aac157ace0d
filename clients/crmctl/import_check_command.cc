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
#include "clients/crmctl/import/records.h"
#include "clients/crmctl/import_command.h"
#include "common/lifecycle/shutdown_signal.h"

namespace crm::crmctl {
namespace {

// Reasons with how many rows have each; what is in quotes differs from row to row.
std::vector<std::pair<int64_t, std::string>> Summed(const std::vector<Rejected>& rows) {
  std::map<std::string, std::pair<int64_t, std::string>> by_kind;
  for (const Rejected& each : rows) {
    std::string kind;
    bool quoted = false;
    for (const char c : each.reason) {
      if (c == '"') quoted = !quoted;
      if (!quoted && (c < '0' || c > '9')) kind += c;
    }
    auto& [count, example] = by_kind[kind];
    if (++count == 1) example = ValidText(each.reason);
  }
  std::vector<std::pair<int64_t, std::string>> sums;
  for (auto& [kind, sum] : by_kind) sums.push_back(std::move(sum));
  std::sort(sums.rbegin(), sums.rend());
  return sums;
}

nlohmann::ordered_json SumsJson(const std::vector<Rejected>& rows) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const auto& [count, reason] : Summed(rows)) {
    json.push_back({{"rows", count}, {"reason", reason}});
  }
  return json;
}

void PrintCheckJson(const std::vector<LoadedFile>& files) {
  nlohmann::ordered_json json;
  for (const LoadedFile& file : files) {
    nlohmann::ordered_json& node = json["files"].emplace_back();
    node["file"] = file.mapping->file;
    node["entity"] = NameOf(file.mapping->entity);
    node["read"] = file.table.rows().size();
    node["importable"] = file.contacts.size() + file.deals.size();
    node["refused"] = SumsJson(file.rejected);
    node["warned"] = SumsJson(file.warnings);
    for (const ColumnProfile& each : ProfilesOf(file.table)) {
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

void PrintSums(const char* what, const std::vector<Rejected>& rows) {
  for (const auto& [count, reason] : Summed(rows)) {
    std::printf("  %s %s rows, as: %s\n", what, Grouped(count).c_str(), reason.c_str());
  }
}

void PrintCheck(const LoadedFile& file) {
  std::printf(
      "%s: %s rows are a %s each; %s can be imported, %s are refused\n", file.mapping->file.c_str(),
      Grouped(static_cast<int64_t>(file.table.rows().size())).c_str(), NameOf(file.mapping->entity),
      Grouped(static_cast<int64_t>(file.contacts.size() + file.deals.size())).c_str(),
      Grouped(static_cast<int64_t>(file.rejected.size())).c_str());
  if (file.mapping->key.from == KeySource::From::kRow) {
    std::printf("  the key is the place of a row: rows must never change places\n");
  }
  PrintSums("refused:", file.rejected);
  PrintSums("warned of:", file.warnings);
  std::vector<std::vector<std::string>> rows;
  for (const ColumnProfile& each : ProfilesOf(file.table)) {
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

absl::Status Check(Session* session, const ImportOptions& o) {
  const lifecycle::ShutdownSignal signal;
  const absl::StatusOr<Mapping> mapping = ReadMapping(o);
  if (!mapping.ok()) return Usage(mapping.status());
  const ImportIds ids(session->settings.caller.tenant, mapping->name);
  const absl::StatusOr<std::vector<LoadedFile>> files = LoadFiles(
      *mapping, FolderOf(o, *mapping), ids, absl::Now(), [&] { return signal.Triggered(); });
  if (absl::IsCancelled(files.status())) {
    session->exit_code = kExitInterrupted;
    return absl::OkStatus();
  }
  if (!files.ok()) return Usage(files.status());
  if (session->settings.json()) {
    PrintCheckJson(*files);
  } else {
    for (const LoadedFile& file : *files) PrintCheck(file);
  }
  const bool refused = std::any_of(files->begin(), files->end(),
                                   [](const LoadedFile& file) { return !file.rejected.empty(); });
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

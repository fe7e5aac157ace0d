#include "clients/crmctl/import_report.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "clients/crmctl/import/value_text.h"
#include "clients/crmctl/print.h"

namespace crm::crmctl {
namespace {

using nlohmann::ordered_json;

std::string Text(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// How many rows are left: a guess where the file was not read to its end.
int64_t Left(const FileOutcome& outcome) {
  const double share = outcome.complete ? 1 : outcome.share;
  if (share <= 0) return outcome.read - outcome.Done();
  return static_cast<int64_t>(static_cast<double>(outcome.read) / share + 0.5) - outcome.Done();
}

void PrintEntries(const char* key, const RowLog& log,
                  void (RowLog::*each)(const RowLog::Take&) const, bool last) {
  std::printf("      \"%s\": [", key);
  const char* before = "";
  (log.*each)([&](const RowLog::Entry& entry) {
    std::printf("%s\n        %s", before,
                Text({{"line", entry.line}, {"reason", ValidText(entry.reason)}}).c_str());
    before = ",";
  });
  std::printf("%s]%s\n", *before == 0 ? "" : "\n      ", last ? "" : ",");
}

void PrintJson(const ImportFiles& files, const ImportRun& run, const ImportCost& cost) {
  std::printf("{\n  \"files\": [");
  for (size_t i = 0; i < run.outcomes().size(); ++i) {
    const FileOutcome& outcome = run.outcomes()[i];
    const ordered_json facts = {{"file", files.feed(i).mapping().file},
                                {"label", outcome.label},
                                {"read", outcome.read},
                                {"created", outcome.created},
                                {"updated", outcome.updated},
                                {"unchanged", outcome.unchanged},
                                {"deleted", outcome.deleted},
                                {"failed", outcome.failed},
                                {"left", outcome.read - outcome.Done()},
                                {"complete", outcome.complete}};
    std::printf("%s\n    {\n", i == 0 ? "" : ",");
    for (const auto& [key, value] : facts.items()) {
      std::printf("      \"%s\": %s,\n", key.c_str(), Text(value).c_str());
    }
    PrintEntries("failures", *outcome.log, &RowLog::ForEachFailure, false);
    PrintEntries("warnings", *outcome.log, &RowLog::ForEachWarning, true);
    std::printf("    }");
  }
  std::printf("\n  ],\n  \"stopped\": %s,\n", run.stopped() ? "true" : "false");
  if (!run.outage().ok()) {
    std::printf("  \"outage\": %s,\n", Text(std::string(run.outage().message())).c_str());
  }
  std::printf("  \"seconds\": %s,\n  \"calls\": %lld,\n  \"clientCpuSeconds\": %s\n}\n",
              Text(absl::ToDoubleSeconds(cost.time)).c_str(), static_cast<long long>(cost.calls),
              Text(cost.cpu_seconds).c_str());
}

void PrintFailures(const std::string& file, const FileOutcome& outcome) {
  if (outcome.failed == 0) return;
  constexpr size_t kShown = 20;
  constexpr size_t kReasons = 5;
  std::vector<RowLog::Entry> first;
  outcome.log->ForEachFailure([&](const RowLog::Entry& entry) {
    if (first.size() < kShown) first.push_back(entry);
  });
  std::string lines;
  for (const RowLog::Entry& each : first) {
    absl::StrAppend(&lines, lines.empty() ? "" : ", ", each.line);
  }
  if (outcome.failed > static_cast<int64_t>(kShown)) absl::StrAppend(&lines, ", …");
  std::printf("%s: failed on %s %s\n", file.c_str(), outcome.failed == 1 ? "line" : "lines",
              lines.c_str());
  for (size_t i = 0; i < std::min(first.size(), kReasons); ++i) {
    std::printf("  line %lld: %s\n", static_cast<long long>(first[i].line),
                first[i].reason.c_str());
  }
}

void PrintSummary(const ImportFiles& files, const ImportRun& run, const ImportCost& cost) {
  std::vector<std::vector<std::string>> rows;
  int64_t done = 0;
  for (const FileOutcome& outcome : run.outcomes()) {
    rows.push_back({outcome.label, Grouped(outcome.read), Grouped(outcome.created),
                    Grouped(outcome.updated), Grouped(outcome.unchanged), Grouped(outcome.deleted),
                    Grouped(outcome.log->warned()), Grouped(outcome.failed)});
    done += outcome.Done();
    if (!run.stopped()) continue;
    rows.back().push_back(
        outcome.read == 0 ? "all"
                          : absl::StrCat(outcome.complete ? "" : "about ", Grouped(Left(outcome))));
  }
  std::vector<std::string> titles = {"",          "READ",    "CREATED", "UPDATED",
                                     "UNCHANGED", "DELETED", "WARNED",  "FAILED"};
  if (run.stopped()) titles.push_back("LEFT");
  PrintTable(titles, rows);
  const double seconds = std::max(absl::ToDoubleSeconds(cost.time), 1e-6);
  std::printf("%s rows and %s calls in %.2f s: %s rows/s, %s calls/s; client CPU %.2f s",
              Grouped(done).c_str(), Grouped(cost.calls).c_str(), seconds,
              Grouped(static_cast<int64_t>(static_cast<double>(done) / seconds)).c_str(),
              Grouped(static_cast<int64_t>(static_cast<double>(cost.calls) / seconds)).c_str(),
              cost.cpu_seconds);
  if (cost.calls > 0) {
    std::printf(" (%.1f µs a call)", 1e6 * cost.cpu_seconds / static_cast<double>(cost.calls));
  }
  std::printf("\n");
  for (size_t i = 0; i < files.size(); ++i) {
    PrintFailures(files.feed(i).mapping().file, run.outcomes()[i]);
  }
}

absl::Status WriteMendable(const std::filesystem::path& folder, const RecordFeed& feed,
                           const RowLog& log) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::filesystem::path path = folder / std::filesystem::path(feed.mapping().file).filename();
  const bool begun = std::filesystem::exists(path);  // by another part of the same file
  std::ofstream out(path, std::ios::binary | std::ios::app);
  // Read as UTF-8, whatever the mapping says of the encoding of the first file.
  if (!begun) {
    out << "\xEF\xBB\xBF" << std::string(static_cast<size_t>(feed.mapping().skip), '\n')
        << feed.file().header() << '\n';
  }
  log.ForEachFailure([&](const RowLog::Entry& entry) { out << entry.raw << '\n'; });
  out.flush();
  if (out.good()) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(path.string(), ": cannot be written"));
}

}  // namespace

void PrintImport(const ImportFiles& files, const ImportRun& run, const ImportCost& cost,
                 bool json) {
  json ? PrintJson(files, run, cost) : PrintSummary(files, run, cost);
}

absl::Status WriteRejects(const std::string& path, const ImportFiles& files, const ImportRun& run) {
  const std::string folder = path + ".d";
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  std::filesystem::remove_all(folder, ignored);
  std::ofstream out;
  absl::Status status;
  for (size_t i = 0; i < files.size(); ++i) {
    const RowLog& log = *run.outcomes()[i].log;
    const std::string file = CsvField(files.feed(i).mapping().file);
    const auto write = [&](const RowLog::Entry& entry, const char* mark) {
      if (!out.is_open()) {
        out.open(path, std::ios::binary);
        out << "file,line,reason,row\n";
      }
      out << file << ',' << entry.line << ',' << CsvField(absl::StrCat(mark, entry.reason)) << ','
          << CsvField(entry.raw) << '\n';
    };
    log.ForEachFailure([&](const RowLog::Entry& entry) { write(entry, ""); });
    log.ForEachWarning([&](const RowLog::Entry& entry) { write(entry, "warning: "); });
    if (run.outcomes()[i].failed > 0) status.Update(WriteMendable(folder, files.feed(i), log));
  }
  out.flush();
  if (!out.good()) {
    return absl::PermissionDeniedError(absl::StrCat(path, ": the rejects file cannot be written"));
  }
  return status;
}

}  // namespace crm::crmctl

#include "clients/crmctl/import_report.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <vector>

#include "clients/crmctl/import/value_text.h"
#include "clients/crmctl/print.h"
#include "clients/crmctl/terminal_text.h"

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

// Of a run that was stopped no more entries than this are listed, so that it ends at once; the file
// of refused rows has them all.
constexpr size_t kListedAfterStop = 1000;

using ForEachEntry = void (RowLog::*)(const RowLog::Take&, size_t most) const;

void PrintEntries(const char* key, const RowLog& log, ForEachEntry each, size_t most) {
  std::printf("      \"%s\": [", key);
  const char* before = "";
  (log.*each)(
      [&](const RowLog::Entry& entry) {
        std::printf("%s\n        %s", before,
                    Text({{"line", entry.line}, {"reason", ValidText(entry.reason)}}).c_str());
        before = ",";
      },
      most);
  std::printf("%s],\n", *before == 0 ? "" : "\n      ");
}

int64_t LeftOut(const RowLog& log, size_t most) {
  const auto shown = [&](int64_t all) { return std::min(all, static_cast<int64_t>(most)); };
  return log.failed() - shown(log.failed()) + log.warned() - shown(log.warned());
}

void PrintJson(const ImportFiles& files, const ImportRun& run, const ImportCost& cost) {
  const size_t most = run.stopped() ? kListedAfterStop : SIZE_MAX / 2;
  std::printf("{\n  \"files\": [");
  for (size_t i = 0; i < run.outcomes().size(); ++i) {
    const FileOutcome& outcome = run.outcomes()[i];
    const ordered_json facts = {{"file", files.feed(i).mapping().file},
                                {"label", outcome.label},
                                {"read", outcome.read},
                                {"created", outcome.created},
                                {"updated", outcome.updated},
                                {"unchanged", outcome.unchanged},
                                {"older", outcome.older},
                                {"deleted", outcome.deleted},
                                {"failed", outcome.failed},
                                {"left", outcome.read - outcome.Done()},
                                {"complete", outcome.complete}};
    std::printf("%s\n    {\n", i == 0 ? "" : ",");
    for (const auto& [key, value] : facts.items()) {
      std::printf("      \"%s\": %s,\n", key.c_str(), Text(value).c_str());
    }
    PrintEntries("failures", *outcome.log, &RowLog::ForEachFailure, most);
    PrintEntries("warnings", *outcome.log, &RowLog::ForEachWarning, most);
    std::printf("      \"notListed\": %lld\n    }",
                static_cast<long long>(LeftOut(*outcome.log, most)));
  }
  std::printf("\n  ],\n  \"stopped\": %s,\n", run.stopped() ? "true" : "false");
  if (!run.outage().ok()) {
    std::printf("  \"outage\": %s,\n", Text(std::string(run.outage().message())).c_str());
  }
  std::printf("  \"seconds\": %s,\n  \"calls\": %lld,\n  \"clientCpuSeconds\": %s\n}\n",
              Text(absl::ToDoubleSeconds(cost.time)).c_str(), static_cast<long long>(cost.calls),
              Text(cost.cpu_seconds).c_str());
}

// A part by its label or file: where several have the same, with what its rows are.
std::string Called(const ImportFiles& files, size_t part, std::string FileMapping::*name) {
  const FileMapping& own = files.feed(part).mapping();
  for (size_t i = 0; i < files.size(); ++i) {
    const bool same = i != part && files.feed(i).mapping().*name == own.*name;
    if (same) return absl::StrCat(own.*name, ", ", NameOf(own.entity));
  }
  return own.*name;
}

void PrintFailures(const std::string& file, const FileOutcome& outcome) {
  if (outcome.failed == 0) return;
  constexpr size_t kShown = 20;
  constexpr size_t kReasons = 5;
  std::vector<RowLog::Entry> first;
  outcome.log->ForEachFailure([&](const RowLog::Entry& entry) { first.push_back(entry); }, kShown);
  std::string lines;
  for (const RowLog::Entry& each : first) {
    absl::StrAppend(&lines, lines.empty() ? "" : ", ", each.line);
  }
  if (outcome.failed > static_cast<int64_t>(kShown)) absl::StrAppend(&lines, ", …");
  std::printf("%s: failed on %s %s\n", file.c_str(), outcome.failed == 1 ? "line" : "lines",
              lines.c_str());
  for (size_t i = 0; i < std::min(first.size(), kReasons); ++i) {
    std::printf("  line %lld: %s\n", static_cast<long long>(first[i].line),
                OnOneLine(first[i].reason).c_str());
  }
}

void PrintOlder(const std::string& file, const FileOutcome& outcome) {
  if (outcome.older == 0) return;
  std::printf(
      "%s: %s known from a newer export already, and left as %s\n", file.c_str(),
      outcome.older == 1 ? "1 row is" : absl::StrCat(Grouped(outcome.older), " rows are").c_str(),
      outcome.older == 1 ? "it is" : "they are");
}

void PrintSummary(const ImportFiles& files, const ImportRun& run, const ImportCost& cost) {
  std::vector<std::vector<std::string>> rows;
  int64_t done = 0;
  for (size_t i = 0; i < run.outcomes().size(); ++i) {
    const FileOutcome& outcome = run.outcomes()[i];
    rows.push_back({Called(files, i, &FileMapping::label), Grouped(outcome.read),
                    Grouped(outcome.created), Grouped(outcome.updated), Grouped(outcome.unchanged),
                    Grouped(outcome.deleted), Grouped(outcome.log->warned()),
                    Grouped(outcome.failed)});
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
    PrintOlder(Called(files, i, &FileMapping::label), run.outcomes()[i]);
    PrintFailures(Called(files, i, &FileMapping::file), run.outcomes()[i]);
  }
}

}  // namespace

std::string AsOfNote(const Mapping& mapping, const FileMapping& file) {
  if (mapping.mode != Mapping::Mode::kUpdate) return "";
  const std::string older = "; what is known from later is left as it is";
  const std::string exported =
      mapping.exported ? absl::StrCat("as of ", AsOfText(*mapping.exported)) : "";
  if (file.fields.contains("modified")) {
    return absl::StrCat("each row tells things as of its field modified",
                        exported.empty() ? "" : ", or else ", exported, older);
  }
  if (!exported.empty()) return absl::StrCat("the rows tell things ", exported, older);
  return "nothing says how new the rows are, so that an older export would undo a newer one: "
         "--exported tells when the files were exported";
}

void PrintImport(const ImportFiles& files, const ImportRun& run, const ImportCost& cost,
                 bool json) {
  json ? PrintJson(files, run, cost) : PrintSummary(files, run, cost);
}

}  // namespace crm::crmctl

#include "clients/crmctl/events/event_writer.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <utility>

#include "clients/crmctl/import/csv_row.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::crmctl {
namespace {

using nlohmann::json;

// A column and where its value stands in the JSON of a StageEvent.
struct EventColumn {
  const char* title;
  const char* pointer;
};

constexpr EventColumn kColumns[] = {
    {"sequence", "/sequence"},
    {"epoch", "/epoch"},
    {"event_id", "/change/eventId"},
    {"type", "/change/type"},
    {"subject", "/change/subject"},
    {"tenant", "/change/tenant"},
    {"version", "/change/version"},
    {"kind", "/change/kind"},
    {"from_stage", "/change/fromStage"},
    {"from_stage_type", "/change/fromStageType"},
    {"from_stage_key", "/change/fromStageKey"},
    {"to_stage", "/change/toStage"},
    {"to_stage_type", "/change/toStageType"},
    {"to_stage_key", "/change/toStageKey"},
    {"to_pipeline", "/change/toPipeline"},
    {"effective_time", "/change/effectiveTime"},
    {"recorded_time", "/change/recordedTime"},
    {"time_in_previous_stage", "/change/timeInPreviousStage"},
    {"actor", "/change/actor"},
    {"owner", "/change/owner"},
    {"reason", "/change/reason"},
    {"overridden", "/change/overridden"},
    {"contact", "/change/contact"},
    {"lead", "/change/lead"},
    {"opportunity", "/change/opportunity"},
    {"account", "/change/account"},
    {"amount_before_minor", "/change/amountBefore/amountMinor"},
    {"amount_after_minor", "/change/amountAfter/amountMinor"},
    {"win_amount_minor", "/change/winAmount/amountMinor"},
    {"currency", "/change/amountAfter/currencyCode"},
    {"win_currency", "/change/winAmount/currencyCode"},
    {"probability", "/change/probabilityAfter"},
    {"forecast_category", "/change/forecastCategoryAfter"},
    {"expected_close_date", "/change/expectedCloseDateAfter"},
    {"corrects_version", "/change/correctsVersion"},
    {"corrected_stage", "/change/correctedStage"},
    {"correlation_id", "/change/correlationId"},
    {"causation_id", "/change/causationId"},
    {"revision", "/change/revision"},
    {"changes", "/change/changes"},
};

std::string JsonLine(const event::v1::StageEvent& event) {
  std::string line;
  (void)google::protobuf::util::MessageToJsonString(event, &line);
  return line + "\n";
}

std::string Titles() {
  std::string line;
  for (const EventColumn& column : kColumns) {
    absl::StrAppend(&line, line.empty() ? "" : ",", column.title);
  }
  return line;
}

std::string CsvLine(const event::v1::StageEvent& event) {
  const json read = json::parse(JsonLine(event));
  std::string line;
  for (const EventColumn& column : kColumns) {
    const json::json_pointer pointer(column.pointer);
    std::string text;
    if (read.contains(pointer)) {
      const json& value = read.at(pointer);
      text = value.is_string() ? value.get<std::string>() : value.dump();
    }
    absl::StrAppend(&line, &column == kColumns ? "" : ",", CsvField(text));
  }
  return line + "\n";
}

std::optional<int64_t> SequenceIn(const std::string& line, EventFormat format) {
  std::string text;
  if (format == EventFormat::kCsv) {
    text = line.substr(0, line.find(','));
  } else {
    const json read = json::parse(line, nullptr, false);
    if (!read.is_object() || !read.contains("sequence")) return std::nullopt;
    text = read["sequence"].get<std::string>();
  }
  int64_t sequence = 0;
  if (!absl::SimpleAtoi(text, &sequence)) return std::nullopt;
  return sequence;
}

// Cuts off what stands behind the last whole line; the sequence in that line, 0 if there is none.
absl::StatusOr<int64_t> EndOf(const std::string& path, EventFormat format) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  std::string last;
  uintmax_t whole = 0;
  bool first = true;
  while (std::getline(file, line) && !file.eof()) {
    whole += line.size() + 1;
    const bool titles = std::exchange(first, false) && format == EventFormat::kCsv;
    if (!titles) {
      last = line;
    } else if (line != Titles()) {
      return error::FieldInvalid("--file", "has other columns; it cannot be gone on with");
    }
  }
  file.close();
  std::error_code problem;
  std::filesystem::resize_file(path, whole, problem);
  if (problem) return absl::UnavailableError(absl::StrCat(path, ": ", problem.message()));
  if (last.empty()) return 0;
  const std::optional<int64_t> sequence = SequenceIn(last, format);
  if (!sequence) return error::FieldInvalid("--file", "is no file of such events");
  return *sequence;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EventWriter>> EventWriter::Open(const std::string& path,
                                                               EventFormat format, bool resume) {
  int64_t last = 0;
  std::FILE* file = stdout;
  bool fresh = true;
  if (!path.empty()) {
    const bool exists = std::filesystem::exists(path);
    if (exists && !resume) {
      return absl::AlreadyExistsError(absl::StrCat(path, " exists; --resume goes on with it"));
    }
    if (exists) {
      CRM_ASSIGN_OR_RETURN(last, EndOf(path, format));
      fresh = std::filesystem::file_size(path) == 0;
    }
    file = std::fopen(path.c_str(), "ab");
    if (file == nullptr) return absl::UnavailableError(absl::StrCat(path, " cannot be opened"));
  }
  auto writer = std::unique_ptr<EventWriter>(new EventWriter(file, format, last));
  if (fresh && format == EventFormat::kCsv) std::fprintf(file, "%s\n", Titles().c_str());
  return writer;
}

EventWriter::EventWriter(std::FILE* file, EventFormat format, int64_t last_sequence)
    : file_(file), format_(format), last_sequence_(last_sequence) {}

EventWriter::~EventWriter() {
  if (file_ != stdout) std::fclose(file_);
}

absl::Status EventWriter::Write(const event::v1::StageEvent& event) {
  const std::string line = format_ == EventFormat::kCsv ? CsvLine(event) : JsonLine(event);
  if (std::fwrite(line.data(), 1, line.size(), file_) != line.size()) {
    return absl::UnavailableError("the events cannot be written");
  }
  last_sequence_ = event.sequence();
  return absl::OkStatus();
}

absl::Status EventWriter::Flush() {
  if (std::fflush(file_) == 0) return absl::OkStatus();
  return absl::UnavailableError("the events cannot be written");
}

}  // namespace crm::crmctl

#include "clients/crmctl/import/rejects_writer.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <utility>

namespace crm::crmctl {
namespace {

absl::Status CannotBeWritten(const std::string& path) {
  return absl::PermissionDeniedError(
      absl::StrCat(path, ": the refused rows cannot be written there"));
}

}  // namespace

const std::vector<std::string>& RejectsWriter::Columns() {
  static const std::vector<std::string> columns = {"file", "line", "reason", "row"};
  return columns;
}

absl::Status RejectsWriter::CheckPlace(const std::string& path) {
  std::error_code ignored;
  const bool there = std::filesystem::exists(path, ignored);
  if (there && !std::filesystem::is_regular_file(path, ignored)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": refused rows need a file, which each run writes anew"));
  }
  if (!std::ofstream(path, std::ios::binary | std::ios::app)) return CannotBeWritten(path);
  if (!there) std::filesystem::remove(path, ignored);
  return absl::OkStatus();
}

RejectsWriter::RejectsWriter(std::string path, const Mapping& mapping) : path_(std::move(path)) {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
  for (const FileMapping& each : mapping.files) {
    std::filesystem::remove(MendablePath(each), ignored);
  }
  std::filesystem::remove(path_ + ".d", ignored);  // unless somebody keeps other things there
}

std::filesystem::path RejectsWriter::MendablePath(const FileMapping& mapping) const {
  return std::filesystem::path(path_ + ".d") / std::filesystem::path(mapping.file).filename();
}

void RejectsWriter::Fail(const RecordFeed& feed, int64_t line, absl::string_view reason,
                         absl::string_view raw) {
  Write(feed, line, reason, raw);
  if (of_ != &feed) OpenMendable(feed);
  if (lines_[mendable_path_].insert(line).second) mendable_ << raw << '\n';
}

void RejectsWriter::Warn(const RecordFeed& feed, int64_t line, absl::string_view text,
                         absl::string_view raw) {
  Write(feed, line, absl::StrCat("warning: ", text), raw);
}

void RejectsWriter::Write(const RecordFeed& feed, int64_t line, absl::string_view reason,
                          absl::string_view raw) {
  if (!out_.is_open()) {
    out_.open(path_, std::ios::binary);
    out_ << absl::StrJoin(Columns(), ",") << '\n';
  }
  out_ << CsvField(feed.mapping().file) << ',' << line << ',' << CsvField(reason) << ','
       << CsvField(raw) << '\n';
}

void RejectsWriter::OpenMendable(const RecordFeed& feed) {
  Flush().IgnoreError();
  mendable_ = std::ofstream();
  of_ = &feed;
  const std::filesystem::path path = MendablePath(feed.mapping());
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  mendable_path_ = path;
  mendable_.open(mendable_path_, std::ios::binary | std::ios::app);
  if (!lines_.try_emplace(mendable_path_).second) return;
  // Read as UTF-8, whatever the mapping says of the encoding of the first file.
  mendable_ << "\xEF\xBB\xBF" << std::string(static_cast<size_t>(feed.mapping().skip), '\n')
            << feed.file().header() << '\n';
}

absl::Status RejectsWriter::Flush() {
  for (const auto& [file, path] : {std::pair{&out_, &path_}, {&mendable_, &mendable_path_}}) {
    if (!file->is_open() && file->good()) continue;
    file->flush();
    if (file->good()) continue;
    status_.Update(CannotBeWritten(*path));
  }
  return status_;
}

}  // namespace crm::crmctl

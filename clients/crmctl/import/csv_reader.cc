#include "clients/crmctl/import/csv_reader.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <csv.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/status.h"
#include "common/base/text.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

// Whether all of it is ASCII but NUL: what most rows are, eight bytes at a time.
bool IsPlain(absl::string_view text) {
  constexpr uint64_t kHigh = 0x8080808080808080u;
  constexpr uint64_t kOnes = 0x0101010101010101u;
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & kHigh) != 0 || ((word - kOnes) & ~word & kHigh) != 0) return false;
  }
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
                     [](char c) { return c > 0; });
}

bool IsBlank(absl::string_view field) {
  field = absl::StripAsciiWhitespace(field);
  if (field.empty()) return true;
  return !IsPlain(field) && base::IsValidUtf8(field) && base::Tidy(field).empty();
}

// The one that stands most often in the first line outside quotes.
char DelimiterOf(absl::string_view text) {
  const size_t begin = text.find_first_not_of("\r\n ");
  absl::string_view line = begin == absl::string_view::npos ? "" : text.substr(begin);
  line = line.substr(0, line.find_first_of("\r\n"));
  char best = ',';
  int most = 0;
  for (const char candidate : {';', '\t', '|', ','}) {
    bool quoted = false;
    int count = 0;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      count += !quoted && c == candidate;
    }
    if (count > most) best = candidate, most = count;
  }
  return best;
}

}  // namespace

absl::StatusOr<CsvReader> CsvReader::Open(const std::string& path, absl::string_view encoding,
                                          const CsvOptions& options) {
  CRM_ASSIGN_OR_RETURN(auto file, TextFile::Open(path, encoding, options.stop));
  return Of(std::move(file), options);
}

absl::StatusOr<CsvReader> CsvReader::Of(std::shared_ptr<const TextFile> file,
                                        const CsvOptions& options) {
  CsvReader reader;
  reader.file_ = std::move(file);
  CRM_RETURN_IF_ERROR(reader.ReadHeader(options));
  return reader;
}

absl::Status CsvReader::ReadHeader(const CsvOptions& options) {
  // What stands before the header is no CSV, so that quotes mean nothing there.
  std::string head;
  size_t skipped = 0;
  int skip = options.skip;
  for (size_t piece = 64 << 10;; piece *= 2) {
    head.clear();
    if (!file_->Read(0, piece, &head)) return absl::NotFoundError("cannot be read");
    skipped = 0;
    for (skip = options.skip; skip > 0; --skip) {
      const size_t end = head.find('\n', skipped);
      if (end == std::string::npos) break;
      skipped = end + 1;
    }
    if (skip == 0 || head.size() < piece) break;
  }
  if (skip > 0) skipped = head.size();
  const char delimiter = options.delimiter != 0
                             ? options.delimiter
                             : DelimiterOf(absl::string_view(head).substr(skipped));
  scanner_ = std::make_unique<RowScanner>(file_, delimiter);
  scanner_->Seek(static_cast<int64_t>(skipped), options.skip + 1);
  CsvRow header;
  do {
    if (!scanner_->Next(&header)) return absl::InvalidArgumentError("the file has no header");
  } while (header.problem.empty() &&
           std::all_of(header.fields.begin(), header.fields.end(), IsBlank));
  if (!header.problem.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the header: ", header.problem));
  }
  std::vector<std::string> columns;
  for (const std::string& column : header.fields) {
    if (!base::IsValidUtf8(column) || base::HasNul(column)) {
      return absl::InvalidArgumentError(absl::StrCat("the header is not UTF-8 (it looks like ",
                                                     LikelyEncoding(head), ": set \"encoding\")"));
    }
    columns.push_back(base::Tidy(column));
  }
  AddColumns(columns);
  header_ = std::move(header.raw);
  names_ = std::move(header.fields);
  scanner_->ExpectColumns(names_.size());
  footer_ = static_cast<size_t>(options.footer);
  first_place_ = scanner_->place();
  first_line_ = scanner_->line();
  stop_ = options.stop;
  scanner_->StopIf(stop_);
  return absl::OkStatus();
}

absl::Status CsvReader::status() const {
  if (scanner_->stopped()) return absl::CancelledError("stopped while reading");
  if (scanner_->failed()) return absl::NotFoundError("cannot be read to its end");
  return absl::OkStatus();
}

void CsvReader::Rewind() {
  scanner_->Seek(first_place_, first_line_);
  ahead_.clear();
  repeated_headers_ = 0;
}

void CsvReader::CheckFields(CsvRow* row) {
  const bool plain = IsPlain(row->raw);
  for (size_t i = 0; i < row->fields.size(); ++i) {
    const std::string& field = row->fields[i];
    if (field.size() > kMaxField) {
      row->spoiled.emplace_back(i, "is longer than 64 KiB");
    } else if (plain) {
      continue;
    } else if (!base::IsValidUtf8(field)) {
      if (dialect_.empty()) {
        std::string around;
        file_->Read(std::max<int64_t>(0, row->place - (64 << 10)), 256 << 10, &around);
        dialect_ = absl::StrCat("is not UTF-8 (it looks like ", LikelyEncoding(around),
                                ": set \"encoding\")");
      }
      row->spoiled.emplace_back(i, dialect_);
    } else if (base::HasNul(field)) {
      row->spoiled.emplace_back(i, "holds a NUL byte");
    }
  }
}

bool CsvReader::Take(CsvRow* row) {
  while (scanner_->Next(row)) {
    if (row->problem.empty()) {
      if (std::all_of(row->fields.begin(), row->fields.end(), IsBlank)) continue;
      if (row->fields == names_) {
        ++repeated_headers_;
        continue;
      }
      if (row->fields.size() != names_.size()) {
        row->problem = absl::StrCat("has ", row->fields.size(), " columns where the header has ",
                                    names_.size());
      }
      CheckFields(row);
    }
    return true;
  }
  return false;
}

bool CsvReader::Next(CsvRow* row) {
  if (footer_ == 0) return Take(row);
  while (ahead_.size() <= footer_) {
    if (!Take(row)) return false;
    ahead_.push_back(std::move(*row));
    *row = CsvRow();
  }
  *row = std::move(ahead_.front());
  ahead_.pop_front();
  return true;
}

bool CsvReader::At(int64_t place, int64_t line, CsvRow* row) {
  ahead_.clear();
  scanner_->Seek(place, line);
  scanner_->StopIf(nullptr);
  const bool found = Take(row);
  scanner_->StopIf(stop_);
  return found;
}

std::optional<size_t> CsvColumns::Column(absl::string_view name) const {
  auto it = std::find(columns_.begin(), columns_.end(), name);
  size_t wanted = 1;
  if (const size_t mark = name.rfind('#');
      it == columns_.end() && mark != absl::string_view::npos &&
      absl::SimpleAtoi(name.substr(mark + 1), &wanted) && wanted > 0) {
    name = name.substr(0, mark);
    it = std::find(columns_.begin(), columns_.end(), name);
    for (; wanted > 1 && it != columns_.end(); --wanted)
      it = std::find(it + 1, columns_.end(), name);
  }
  if (it == columns_.end() || name.empty()) return std::nullopt;
  return static_cast<size_t>(it - columns_.begin());
}

size_t CsvColumns::Count(absl::string_view name) const {
  return static_cast<size_t>(std::count(columns_.begin(), columns_.end(), name));
}

std::string CsvField(absl::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == absl::string_view::npos &&
                     (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain) return std::string(text);
  std::string quoted(2 * text.size() + 2, '\0');
  quoted.resize(csv_write(quoted.data(), quoted.size(), text.data(), text.size()));
  return quoted;
}

}  // namespace crm::crmctl

#include "clients/crmctl/import/csv_table.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <csv.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "clients/crmctl/import/csv_scanner.h"
#include "clients/crmctl/import/text_encoding.h"
#include "common/base/text.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

bool IsBlank(absl::string_view field) {
  field = absl::StripAsciiWhitespace(field);
  if (field.empty()) return true;
  const bool ascii = std::all_of(field.begin(), field.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return !ascii && base::IsValidUtf8(field) && base::Tidy(field).empty();
}

void CheckFields(const CsvOptions& options, CsvRow* row) {
  for (size_t i = 0; i < row->fields.size(); ++i) {
    const std::string& field = row->fields[i];
    if (field.size() > CsvTable::kMaxField) {
      row->spoiled.emplace_back(i, "is longer than 64 KiB");
    } else if (!base::IsValidUtf8(field)) {
      row->spoiled.emplace_back(i, absl::StrCat("is not UTF-8", options.dialect));
    } else if (base::HasNul(field)) {
      row->spoiled.emplace_back(i, "holds a NUL byte");
    }
  }
}

absl::Status CheckHeader(const CsvRow& header, const CsvOptions& options) {
  if (!header.problem.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the header: ", header.problem));
  }
  for (const std::string& column : header.fields) {
    if (!base::IsValidUtf8(column)) {
      return absl::InvalidArgumentError(absl::StrCat("the header is not UTF-8", options.dialect));
    }
  }
  return absl::OkStatus();
}

absl::string_view WithoutLines(absl::string_view text, int lines) {
  for (; lines > 0 && !text.empty(); --lines) {
    const size_t end = text.find('\n');
    text.remove_prefix(end == absl::string_view::npos ? text.size() : end + 1);
  }
  return text;
}

// The one that stands most often in the first line outside quotes.
char DelimiterOf(absl::string_view text) {
  const std::string line =
      FirstLine(text.substr(text.find_first_not_of("\r\n \t") == absl::string_view::npos
                                ? text.size()
                                : text.find_first_not_of("\r\n ")));
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

absl::StatusOr<CsvTable> CsvTable::Parse(absl::string_view text, const CsvOptions& options) {
  while (absl::ConsumePrefix(&text, "\xEF\xBB\xBF")) {
  }
  text = WithoutLines(text, options.skip);
  CsvTable table;
  std::optional<CsvRow> header;
  const char delimiter = options.delimiter != 0 ? options.delimiter : DelimiterOf(text);
  RowScanner scanner(text, delimiter, options.stop, [&](CsvRow row, int lines) {
    row.line += options.skip;
    const bool blank = row.problem.empty() && lines == 1 &&
                       std::all_of(row.fields.begin(), row.fields.end(), IsBlank);
    if (blank) return true;
    if (!header) {
      header = std::move(row);
      return true;
    }
    if (row.fields == header->fields) return ++table.repeated_headers_, true;
    const bool misread = row.fields.size() != header->fields.size();
    if (row.problem.empty() && misread) {
      row.problem = absl::StrCat("has ", row.fields.size(), " columns where the header has ",
                                 header->fields.size());
    }
    CheckFields(options, &row);
    // A stray quote swallows the lines up to the next one: only its own line is refused.
    const bool refused = misread && lines > 1;
    if (refused) row.raw = FirstLine(row.raw);
    table.rows_.push_back(std::move(row));
    return !refused;
  });
  if (!scanner.Scan()) return absl::CancelledError("stopped while reading");
  if (!header) return absl::InvalidArgumentError("the file has no header");
  if (absl::Status status = CheckHeader(*header, options); !status.ok()) return status;
  for (const std::string& column : header->fields) table.columns_.push_back(base::Tidy(column));
  table.header_ = std::move(header->raw);
  table.rows_.resize(table.rows_.size() -
                     std::min(table.rows_.size(), static_cast<size_t>(options.footer)));
  return table;
}

absl::StatusOr<CsvTable> CsvTable::Read(const std::string& path, absl::string_view encoding,
                                        const CsvOptions& options) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  std::string text(static_cast<size_t>(std::max<std::streamoff>(file.tellg(), 0)), '\0');
  file.seekg(0);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  absl::StatusOr<DecodedText> decoded = DecodeText(std::move(text), encoding);
  if (!decoded.ok()) return decoded.status();
  CsvOptions with = options;
  if (!decoded->guess.empty()) {
    with.dialect = absl::StrCat(" (it looks like ", decoded->guess, ": set \"encoding\")");
  }
  return Parse(decoded->text, with);
}

std::optional<size_t> CsvTable::Column(absl::string_view name) const {
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

size_t CsvTable::Count(absl::string_view name) const {
  return static_cast<size_t>(std::count(columns_.begin(), columns_.end(), name));
}

void CsvTable::Join(const std::vector<std::string>& columns,
                    const std::function<const CsvRow*(const CsvRow&)>& other) {
  const size_t own = columns_.size();
  for (CsvRow& row : rows_) {
    if (!row.problem.empty()) continue;
    if (const CsvRow* found = other(row)) {
      row.fields.insert(row.fields.end(), found->fields.begin(), found->fields.end());
      for (const auto& [column, why] : found->spoiled) row.spoiled.emplace_back(own + column, why);
    }
    row.fields.resize(own + columns.size());
  }
  columns_.insert(columns_.end(), columns.begin(), columns.end());
}

void CsvTable::Filter(const std::function<bool(const CsvRow&)>& keep) {
  std::erase_if(rows_, [&](const CsvRow& row) { return row.problem.empty() && !keep(row); });
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

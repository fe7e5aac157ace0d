#include "clients/crmctl/import/csv_scanner.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <limits>

namespace crm::crmctl {
namespace {

constexpr size_t kFirstPiece = 16 << 10;
constexpr size_t kLargestPiece = 512 << 10;
constexpr size_t kLeastGrowth = 128;  // of a field's memory
enum Kind : uint8_t { kPlain, kDelimiter, kQuoteMark, kLineEnd };

bool IsSpace(char c) { return c == ' ' || c == '\t'; }

}  // namespace

RowScanner::RowScanner(std::shared_ptr<const TextFile> file, char delimiter)
    : file_(std::move(file)), delimiter_(delimiter), piece_(kFirstPiece) {
  kinds_['"'] = kQuoteMark;
  kinds_['\r'] = kinds_['\n'] = kLineEnd;
  kinds_[static_cast<uint8_t>(delimiter)] = kDelimiter;
  Init();
}

void RowScanner::Init() {
  csv_init(&parser_, 0);
  csv_set_delim(&parser_, static_cast<unsigned char>(delimiter_));
}

void RowScanner::Seek(int64_t place, int64_t line) {
  const bool held = place >= base_ && place <= PlaceOf(text_.size());
  start_ = held ? static_cast<size_t>(place - base_) : 0;
  if (!held) {
    text_.clear();
    base_ = place;
    at_end_ = false;
    piece_ = kFirstPiece;
  }
  line_ = line;
  open_from_ = open_until_ = 0;
  tails_.clear();
}

bool RowScanner::More() {
  if (at_end_) return false;
  stopped_ = stop_ && stop_();
  if (stopped_) at_end_ = true;
  if (at_end_) return false;
  const size_t before = text_.size();
  failed_ = !file_->Read(PlaceOf(before), piece_, &text_);
  piece_ = std::min(2 * piece_, kLargestPiece);
  at_end_ = failed_ || text_.size() == before;
  return !at_end_;
}

void RowScanner::Put(absl::string_view field) {
  std::vector<std::string>& fields = row_->fields;
  if (fields_ < fields.size()) {
    fields[fields_].assign(field.data(), field.size());
  } else {
    fields.emplace_back(field);
  }
  ++fields_;
}

void RowScanner::PutTrimmed(size_t from, size_t to) {
  while (from < to && IsSpace(text_[from])) ++from;
  while (to > from && IsSpace(text_[to - 1])) --to;
  Put(absl::string_view(text_).substr(from, to - from));
}

void RowScanner::Begin() {
  // What lies behind is let go now and then.
  if (start_ > kLargestPiece) {
    text_.erase(0, start_);
    base_ += static_cast<int64_t>(start_);
    start_ = 0;
  }
  fields_ = 0;
  row_->problem.clear();
  row_->spoiled.clear();
  row_->line = line_;
  row_->place = PlaceOf(start_);
}

// The byte behind the line that `from` stands in; nothing when the row gets too long by it.
std::optional<size_t> RowScanner::LineEnd(size_t from) {
  for (size_t at = from;; ++at) {
    if (at == text_.size()) {
      if (at - start_ > kLongestRow) return std::nullopt;
      if (!More()) return at;
    }
    if (text_[at] == '\n') return at + 1;
    if (text_[at] != '\r') continue;
    if (at + 1 == text_.size()) More();
    return at + (at + 1 < text_.size() && text_[at + 1] == '\n' ? 2 : 1);
  }
}

RowScanner::Cut RowScanner::CutLine() {
  size_t field = start_;
  size_t at = start_;
  while (true) {
    const char* const data = text_.data();
    const size_t size = text_.size();
    while (at < size && kinds_[static_cast<uint8_t>(data[at])] == kPlain) ++at;
    if (at == size) {
      if (at - start_ > kLongestRow) {
        RefuseLongLine();
        return Cut::kRow;
      }
      if (More()) continue;
      if (at == start_) return Cut::kEnd;
      break;
    }
    const uint8_t kind = kinds_[static_cast<uint8_t>(data[at])];
    if (kind == kQuoteMark) return Cut::kQuote;
    if (kind == kLineEnd) break;
    PutTrimmed(field, at);
    field = ++at;
  }
  PutTrimmed(field, at);
  row_->raw.assign(text_, start_, at - start_);
  start_ = LineEnd(at).value_or(text_.size());
  ++line_;
  return fields_ == 1 && row_->fields[0].empty() ? Cut::kBlank : Cut::kRow;
}

bool RowScanner::Next(CsvRow* row) {
  row_ = row;
  while (true) {
    Begin();
    switch (CutLine()) {
      case Cut::kEnd:
        return false;
      case Cut::kBlank:
        continue;
      case Cut::kQuote:
        fields_ = 0;
        ScanQuoted();
        break;
      case Cut::kRow:
        break;
    }
    if (stopped_) return false;
    row_->fields.resize(fields_);
    return true;
  }
}

bool RowScanner::IsNeverClosed() const {
  const int64_t here = PlaceOf(position_);
  const bool known = here >= open_from_ && here < open_until_;
  const bool far = open_until_ - PlaceOf(start_) >= static_cast<int64_t>(kLongestRow / 2);
  return known && (open_for_ever_ || far);
}

// Inside a quote at the end of a line there is one state only. So where a row was there before, and
// was refused, this one ends as that one did.
bool RowScanner::IsRefused() const {
  const int64_t at = line_ + lines_ - refused_from_;
  if (at < 0 || at >= static_cast<int64_t>(tails_.size())) return false;
  return fields_ + tails_[static_cast<size_t>(at)] != columns_;
}

void RowScanner::NeverCloses(bool ever) {
  const int64_t second = PlaceOf(second_);
  if (second < open_from_ || second >= open_until_) open_from_ = second;
  open_until_ = ever && at_end_ ? std::numeric_limits<int64_t>::max() : PlaceOf(position_) + 1;
  open_for_ever_ = ever;
}

std::string RowScanner::OtherColumns(size_t fields) const {
  return absl::StrCat("has ", fields, " columns where the header has ", *columns_);
}

// Gives libcsv line after line until the row ends.
void RowScanner::ScanQuoted() {
  csv_free(&parser_);
  Init();
  position_ = start_;
  lines_ = 0;
  ended_ = false;
  counts_.clear();
  while (true) {
    const std::optional<size_t> end = LineEnd(position_);
    if (!end) {
      if (lines_ == 0) return RefuseLongLine();
      NeverCloses(/*ever=*/text_.size() - position_ > kLongestRow);
      return Refuse("a quote is opened and not closed within 4 MiB");
    }
    const size_t size = *end - position_;
    if (size == 0) break;
    // By default libcsv lets a field grow by 128 bytes at a time, and may copy all of it each time.
    csv_set_blk_size(&parser_, std::max(kLeastGrowth, *end - start_));
    if (csv_parse(&parser_, text_.data() + position_, size, OnField, OnRow, this) != size) {
      row_->problem = "the row is too large";
      ended_ = true;
    }
    position_ = *end;
    if (++lines_ == 1) second_ = position_;
    if (ended_) return TakeRow();
    counts_.push_back(fields_);
    if (IsNeverClosed()) return Refuse("a quote is opened and never closed");
    if (IsRefused()) {
      const auto at = static_cast<size_t>(line_ + lines_ - refused_from_);
      return Refuse(OtherColumns(fields_ + tails_[at]));
    }
  }
  // Only here: strict parsing would stop at the first odd quote inside a field.
  csv_set_opts(&parser_, CSV_STRICT | CSV_STRICT_FINI);
  if (csv_fini(&parser_, OnField, OnRow, this) == 0) return TakeRow();
  NeverCloses(/*ever=*/true);
  Refuse("a quote is opened and never closed");
}

void RowScanner::TakeRow() {
  if (lines_ > 1 && columns_ && fields_ != columns_) {
    // A stray quote swallows the lines up to the next one: only its own line is refused.
    refused_from_ = line_ + 1;
    tails_.clear();
    for (const size_t count : counts_) tails_.push_back(fields_ - count);
    return Refuse(OtherColumns(fields_));
  }
  size_t last = position_;
  while (last > start_ && (text_[last - 1] == '\n' || text_[last - 1] == '\r')) --last;
  row_->raw.assign(text_, start_, last - start_);
  start_ = position_;
  line_ += lines_;
}

// The row's first line is none; reading goes on at the second.
void RowScanner::Refuse(std::string problem) {
  row_->problem = std::move(problem);
  size_t last = second_;
  while (last > start_ && (text_[last - 1] == '\n' || text_[last - 1] == '\r')) --last;
  row_->raw.assign(text_, start_, last - start_);
  fields_ = 0;
  start_ = second_;
  ++line_;
}

// Passes over a line that is too long to be held.
void RowScanner::RefuseLongLine() {
  row_->problem = "the line is longer than 4 MiB";
  row_->raw.assign(text_, start_, kLongestRow);
  fields_ = 0;
  size_t at = start_;
  while (true) {
    at = text_.find_first_of("\r\n", at);
    if (at != std::string::npos) break;
    base_ += static_cast<int64_t>(text_.size());
    text_.clear();
    at = 0;
    if (!More()) break;
  }
  start_ = std::min(at, text_.size());
  // From here on its end is not far.
  start_ = LineEnd(start_).value_or(start_);
  ++line_;
}

}  // namespace crm::crmctl

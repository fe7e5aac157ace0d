#pragma once

#include <absl/strings/string_view.h>
#include <csv.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/crmctl/import/csv_row.h"
#include "clients/crmctl/import/text_file.h"

namespace crm::crmctl {

// Cuts a text into rows. Lines without a quote are cut here; of the others each is given to libcsv,
// by which a row gets its place. Holds the row at hand and what was read ahead of it.
//
// Rows of several lines are found out of order: what looks like one, and has another number of
// columns than the header, is refused for its first line alone and read again from the second on;
// so is a quote that is never closed, or not within kLongestRow. That could read the same lines
// again and again; what was learnt from a row refused keeps it linear.
class RowScanner {
 public:
  static constexpr size_t kLongestRow = 4 << 20;

  RowScanner(std::shared_ptr<const TextFile> file, char delimiter);
  ~RowScanner() { csv_free(&parser_); }
  RowScanner(const RowScanner&) = delete;
  RowScanner& operator=(const RowScanner&) = delete;

  // Asked before more of the text is read whether to stop. Then Next() is false: what was cut off
  // is no row.
  void StopIf(std::function<bool()> stop) { stop_ = std::move(stop); }
  bool stopped() const { return stopped_; }
  // How many columns a row has; without it rows of any number are taken.
  void ExpectColumns(size_t columns) { columns_ = columns; }
  // Where reading goes on: the beginning of a line.
  void Seek(int64_t place, int64_t line);
  // The next row, with `fields`, `raw`, `line`, `place`, and `problem` where it is none. False at
  // the end of the text.
  bool Next(CsvRow* row);
  // Whether the text could not be read to its end.
  bool failed() const { return failed_; }
  // Where the next row is looked for.
  int64_t place() const { return PlaceOf(start_); }
  int64_t line() const { return line_; }

 private:
  static void OnField(void* data, size_t size, void* self) {
    static_cast<RowScanner*>(self)->Put({static_cast<const char*>(data), size});
  }
  static void OnRow(int, void* self) { static_cast<RowScanner*>(self)->ended_ = true; }

  void Put(absl::string_view field);
  void PutTrimmed(size_t from, size_t to);
  // Reads on behind what is there; false at the end.
  bool More();
  void Begin();
  enum class Cut { kRow, kBlank, kQuote, kEnd };
  // Cuts the line at start_ if it holds no quote.
  Cut CutLine();
  std::optional<size_t> LineEnd(size_t from);
  void ScanQuoted();
  // Whether the row at hand, read up to position_, is none.
  bool IsNeverClosed() const;
  bool IsRefused() const;
  void NeverCloses(bool ever);
  void TakeRow();
  void Refuse(std::string problem);
  void RefuseLongLine();
  std::string OtherColumns(size_t fields) const;
  void Init();
  int64_t PlaceOf(size_t at) const { return base_ + static_cast<int64_t>(at); }

  const std::shared_ptr<const TextFile> file_;
  const char delimiter_;
  std::optional<size_t> columns_;
  std::string text_;  // of the file from base_ on
  int64_t base_ = 0;
  size_t piece_;      // how much is read at once
  size_t start_ = 0;  // of the row, within text_
  int64_t line_ = 1;  // of start_
  bool at_end_ = false;
  bool failed_ = false;
  bool stopped_ = false;
  std::function<bool()> stop_;
  std::array<uint8_t, 256> kinds_{};

  CsvRow* row_ = nullptr;
  size_t fields_ = 0;

  // A row with quotes.
  csv_parser parser_;
  bool ended_ = false;
  size_t position_ = 0;         // behind what libcsv was given
  size_t second_ = 0;           // where the row's second line begins
  int64_t lines_ = 0;           // that libcsv was given
  std::vector<size_t> counts_;  // fields of this row before its second line, its third…
  // Who is inside a quote at a place from here on does not get out before open_until_, or ever.
  int64_t open_from_ = 0;
  int64_t open_until_ = 0;
  bool open_for_ever_ = false;
  // Of the row that was refused last: how many fields come after its line refused_from_ begins,
  // after the next…
  int64_t refused_from_ = 0;
  std::vector<size_t> tails_;
};

}  // namespace crm::crmctl

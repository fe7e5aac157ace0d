#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "clients/crmctl/import/csv_row.h"
#include "clients/crmctl/import/csv_scanner.h"
#include "clients/crmctl/import/text_file.h"

namespace crm::crmctl {

// How a file is read.
struct CsvOptions {
  char delimiter = 0;  // , ; tab or |; 0: found from the header
  int skip = 0;        // lines before the header
  int footer = 0;      // rows at the end that are none
  // Asked now and then, by how much is read, whether to stop: opening ends with CANCELLED then, and
  // reading before the end of the file (CsvReader::status).
  std::function<bool()> stop;
};

// A CSV file as RFC 4180 has it, and as files really are, row by row: byte order marks, CRLF, LF or
// CR, delimiters of several kinds, quoted fields with delimiters, quotes and line ends; unquoted
// fields are trimmed. Rows of nothing but delimiters and white space are none, and neither is the
// header once more. A bad row keeps to itself: one with a wrong number of columns or a quote that
// is never closed is given with its problem, and reading goes on at the next line. Reading is
// linear in the file, whatever it holds, and takes some megabytes of memory at most. One thread.
class CsvReader : public CsvColumns {
 public:
  static constexpr size_t kMaxField = 64 << 10;

  // Errors: INVALID_ARGUMENT when there is no header, or it is malformed; TextFile::Open's.
  static absl::StatusOr<CsvReader> Open(const std::string& path, absl::string_view encoding,
                                        const CsvOptions& options);
  static absl::StatusOr<CsvReader> Of(std::shared_ptr<const TextFile> file,
                                      const CsvOptions& options);

  // The next row; false at the end. What `row` holds of another row is used again.
  bool Next(CsvRow* row);
  // The row that begins at a place where one was found before. Next() goes on behind it.
  bool At(int64_t place, int64_t line, CsvRow* row);
  // Begins again at the first row.
  void Rewind();

  const std::string& header() const { return header_; }  // as it stands in the file
  int64_t repeated_headers() const { return repeated_headers_; }
  int64_t size() const { return file_->size(); }  // bytes of the text
  // Why Next() ended before the end of the file: CANCELLED, NOT_FOUND; else OK. At() always reads
  // its row.
  absl::Status status() const;

 private:
  CsvReader() = default;

  absl::Status ReadHeader(const CsvOptions& options);
  bool Take(CsvRow* row);
  void CheckFields(CsvRow* row);

  std::shared_ptr<const TextFile> file_;
  std::unique_ptr<RowScanner> scanner_;
  std::vector<std::string> names_;  // of the columns, as they stand in the header
  std::string header_;
  int64_t repeated_headers_ = 0;
  int64_t first_place_ = 0, first_line_ = 1;  // behind the header
  std::function<bool()> stop_;
  size_t footer_ = 0;
  std::deque<CsvRow> ahead_;  // rows that may be the file's last
  std::string dialect_;       // how to read what is not UTF-8, once that was met
};

}  // namespace crm::crmctl

#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/import/csv_reader.h"
#include "clients/crmctl/import/key_index.h"

namespace crm::crmctl {

// A file of the stages that things were in. Where each row stands is held, in 16 bytes, and an
// index of the things; not the rows.
class StageHistories {
 public:
  // `columns`: those of the thing's key, of the stage and of its time.
  StageHistories(CsvReader reader, std::array<size_t, 3> columns)
      : reader_(std::move(reader)), columns_(columns) {}

  // Reads the whole file. Errors: CANCELLED; NOT_FOUND when it cannot be read to its end.
  absl::Status Index();
  // The stages of a thing with their times, as texts, in the order of the file.
  std::vector<std::pair<std::string, std::string>> Find(absl::string_view key);

 private:
  struct Place {
    int64_t place;
    int64_t before;  // the thing's row before, within places_; -1: none
  };

  CsvReader reader_;
  const std::array<size_t, 3> columns_;
  std::vector<Place> places_;
  KeyIndex last_;  // → the thing's last row
};

}  // namespace crm::crmctl

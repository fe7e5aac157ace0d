#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>

#include "clients/crmctl/import/import_run.h"

namespace crm::crmctl {

// What a run cost.
struct ImportCost {
  absl::Duration time;
  double cpu_seconds = 0;
  int64_t calls = 0;
};

// What became of an import, on standard output: as JSON with every reason, or as a table. Nothing
// of it is gathered in memory.
void PrintImport(const ImportFiles& files, const ImportRun& run, const ImportCost& cost, bool json);

// Writes the failed rows with their reasons, and what was left out of others, to `path`; and beside
// it in `path`.d, per file of the import, the failed rows alone with the header of the file: to be
// mended and imported by the same mapping. Old ones go away. Errors: PERMISSION_DENIED when one
// cannot be written.
absl::Status WriteRejects(const std::string& path, const ImportFiles& files, const ImportRun& run);

}  // namespace crm::crmctl

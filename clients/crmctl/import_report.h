#pragma once

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

// How an older export is told from a newer one; empty where it does not matter.
std::string AsOfNote(const Mapping& mapping, const FileMapping& file);

// What became of an import, on standard output: as JSON with every reason (of a run that was
// stopped the first thousand of each kind), or as a table. Nothing of it is gathered in memory.
void PrintImport(const ImportFiles& files, const ImportRun& run, const ImportCost& cost, bool json);

}  // namespace crm::crmctl

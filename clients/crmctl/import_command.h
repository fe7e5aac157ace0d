#pragma once

#include <absl/status/statusor.h>

#include <CLI/CLI.hpp>
#include <string>

#include "clients/crmctl/import/mapping.h"
#include "clients/crmctl/session.h"

namespace crm::crmctl {

struct ImportOptions {
  std::string mapping;
  std::string data;
  std::string pipeline;
  std::string rejects = "import-rejects.csv";
  std::string exported;
  std::string mended;
  bool update = false;
  int in_flight = 512;
  int retry_seconds = 60;
  int give_up_seconds = 30;
};

// The mapping file with what the command line says instead. Errors: Mapping::Read's;
// INVALID_ARGUMENT.
absl::StatusOr<Mapping> ReadMapping(const ImportOptions& o);
std::string FolderOf(const ImportOptions& o, const Mapping& mapping);

// --mapping, --data, --update and --exported; `o` must outlive the command.
void AddMappingOptions(CLI::App* command, ImportOptions* o);

// `import check` and `import draft`.
void AddImportCheck(CLI::App* import, Session* session);

}  // namespace crm::crmctl

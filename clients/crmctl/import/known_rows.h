#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "clients/crmctl/import/key_index.h"
#include "clients/crmctl/import/scratch_file.h"

namespace crm::crmctl {

// The rows of one kind that were read so far and can be imported: which they are, and by what
// name people know each. The names are on disk.
class KnownRows {
 public:
  // Errors: RESOURCE_EXHAUSTED.
  static absl::StatusOr<std::unique_ptr<KnownRows>> Make();

  // The first of that id counts.
  void Add(const base::Uuid& id, absl::string_view name);
  bool Contains(const base::Uuid& id) const { return places_.Contains(id); }
  // The name.
  std::optional<std::string> Find(const base::Uuid& id);
  // Whether the names could be kept.
  const absl::Status& status() const { return names_.status(); }

 private:
  explicit KnownRows(ScratchFile names) : names_(std::move(names)) {}

  KeyIndex places_;  // within names_
  ScratchFile names_;
};

}  // namespace crm::crmctl

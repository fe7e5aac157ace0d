#include "clients/crmctl/import/known_rows.h"

#include "common/base/status.h"

namespace crm::crmctl {

absl::StatusOr<std::unique_ptr<KnownRows>> KnownRows::Make() {
  CRM_ASSIGN_OR_RETURN(ScratchFile names, ScratchFile::Make());
  return std::unique_ptr<KnownRows>(new KnownRows(std::move(names)));
}

void KnownRows::Add(const base::Uuid& id, absl::string_view name) {
  if (places_.Add(id, names_.size())) names_.Keep(name);
}

std::optional<std::string> KnownRows::Find(const base::Uuid& id) {
  const std::optional<int64_t> place = places_.Find(id);
  if (!place) return std::nullopt;
  return names_.At(*place);
}

}  // namespace crm::crmctl

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::pg {

// Whose rows a round trip may see and write. The policies of the tables (row-level security)
// compare each row's tenant with the session's setting crm.tenants, which a connection sets to this
// in the round trip that needs it: a statement that forgets its WHERE tenant = … finds nothing of
// others.
//
// Calls say the tenants of their batch. All() is for work in the background that goes through what
// is there; a test (tests/unit/house) lists the files that may say it. None() is for statements
// that touch no tenant's table.
class Tenants {
 public:
  static Tenants None() { return Tenants(std::vector<absl::string_view>()); }
  static Tenants All() { return Tenants(Everybody()); }
  explicit Tenants(absl::string_view tenant) : Tenants(std::vector{tenant}) {}
  // Names may repeat. One that cannot be a tenant's, by a character that would change the setting's
  // meaning, is left out: nothing is visible to it.
  explicit Tenants(std::vector<absl::string_view> names);

  // The setting: names in order with commas between, "*" for all, empty for none.
  const std::string& setting() const { return setting_; }

 private:
  struct Everybody {};
  explicit Tenants(Everybody) : setting_("*") {}

  std::string setting_;
};

// The tenants of `things`; `name_of` gives the tenant of one, as a string that lives as long.
template <class Things, class NameOf>
Tenants TenantsOf(const Things& things, const NameOf& name_of) {
  std::vector<absl::string_view> names;
  for (const auto& thing : things) {
    const absl::string_view name = name_of(thing);
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return Tenants(std::move(names));
}

// Of names, or of things with a member `tenant`, as keys have.
template <class Things>
Tenants TenantsOf(const Things& things) {
  return TenantsOf(things, [](const auto& thing) -> const std::string& {
    if constexpr (requires { thing.tenant; }) {
      return thing.tenant;
    } else {
      return thing;
    }
  });
}

}  // namespace crm::pg

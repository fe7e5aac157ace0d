#include "common/rpc/request_checks.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include "common/rpc/resource_name.h"

namespace crm::rpc {

void CheckNames(const google::protobuf::RepeatedPtrField<std::string>& names,
                absl::string_view collection, Validation& v) {
  v.Count("names", static_cast<size_t>(names.size()), kMostNames, 1);
  if (static_cast<size_t>(names.size()) > kMostNames) return;
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < names.size(); ++i) {
    const bool fresh = seen.insert(names[i]).second;
    if (fresh && ParseName(names[i], collection)) continue;  // paths are written only for the wrong
    const std::string path = absl::StrCat("names[", i, "]");
    v.Name(path, names[i], collection, kRequired);
    if (!fresh) v.Custom(path, "is the same as an earlier one");
  }
}

}  // namespace crm::rpc

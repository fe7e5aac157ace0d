#include "common/rpc/field_mask.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/field_mask_util.h>

#include "common/rpc/validation.h"

namespace crm::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsSet(const Message& message, absl::string_view path) {
  const Message* at = &message;
  const std::vector<absl::string_view> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(std::string(names[i]));
    if (field == nullptr) return false;
    if (field->is_repeated()) return at->GetReflection()->FieldSize(*at, field) > 0;
    if (!at->GetReflection()->HasField(*at, field)) return false;
    if (i + 1 < names.size()) at = &at->GetReflection()->GetMessage(*at, field);
  }
  return true;
}

// The entry of the table that a named path is, or lies below.
const MaskPath* Covering(absl::string_view path, absl::Span<const MaskPath> table) {
  for (const MaskPath& entry : table) {
    if (path == entry.path) return &entry;
    if (absl::StartsWith(path, absl::StrCat(entry.path, "."))) return &entry;
  }
  return nullptr;
}

bool Exists(const Message& message, const std::string& path) {
  return google::protobuf::util::FieldMaskUtil::GetFieldDescriptors(message.GetDescriptor(), path,
                                                                    nullptr);
}

std::string Known(absl::Span<const MaskPath> table) {
  std::vector<absl::string_view> names;
  for (const MaskPath& entry : table) {
    if (entry.mutability == Mutability::kMutable) names.push_back(entry.path);
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

absl::StatusOr<std::vector<std::string>> MaskedPaths(const google::protobuf::FieldMask& mask,
                                                     absl::Span<const MaskPath> table,
                                                     const Message& from) {
  std::vector<std::string> paths;
  const bool all = mask.paths_size() == 1 && mask.paths(0) == "*";
  if (all || mask.paths().empty()) {
    for (const MaskPath& entry : table) {
      if (entry.mutability != Mutability::kMutable) continue;
      if (all || IsSet(from, entry.path)) paths.push_back(entry.path);
    }
    return paths;
  }
  Validation validation(absl::InfinitePast());
  for (const std::string& path : mask.paths()) {
    const MaskPath* entry = Covering(path, table);
    const std::string shown = path.substr(0, 64);
    if (entry == nullptr || !Exists(from, path)) {
      validation.Custom("update_mask", absl::StrCat("does not know the path \"", shown,
                                                    "\"; allowed are ", Known(table)));
    } else if (entry->mutability == Mutability::kImmutable) {
      validation.Custom("update_mask",
                        absl::StrCat("names \"", shown, "\", which cannot change after creation"));
    } else if (entry->mutability == Mutability::kOutputOnly) {
      validation.Custom("update_mask",
                        absl::StrCat("names \"", shown, "\", which only the server sets"));
    } else {
      paths.push_back(path);
    }
  }
  if (!validation.ok()) return validation.ToStatus();
  return paths;
}

absl::StatusOr<std::vector<std::string>> ApplyMask(const google::protobuf::FieldMask& mask,
                                                   absl::Span<const MaskPath> table,
                                                   const Message& from, Message* to) {
  auto paths = MaskedPaths(mask, table, from);
  if (!paths.ok() || paths->empty()) return paths;
  google::protobuf::FieldMask effective;
  for (const std::string& path : *paths) effective.add_paths(path);
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(from, effective, options, to);
  return paths;
}

}  // namespace crm::rpc

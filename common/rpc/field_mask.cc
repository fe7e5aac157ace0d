#include "common/rpc/field_mask.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/field_mask_util.h>

#include "common/base/text.h"

namespace crm::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::util::FieldMaskUtil;

bool IsAll(const FieldMask& mask) { return mask.paths_size() == 1 && mask.paths(0) == "*"; }

bool IsSet(const Message& message, const std::string& path) {
  const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(path);
  if (field == nullptr) return false;
  return field->is_repeated() ? message.GetReflection()->FieldSize(message, field) > 0
                              : message.GetReflection()->HasField(message, field);
}

// Why `path` cannot be written, or the empty string.
std::string ProblemOf(const std::string& path, absl::Span<const MaskPath> table,
                      const Message& thing) {
  const absl::string_view shown = base::Shortened(path, 64);
  if (path.empty() || !FieldMaskUtil::GetFieldDescriptors(thing.GetDescriptor(), path, nullptr)) {
    return absl::StrCat("does not know the path \"", shown, "\"; allowed are ",
                        absl::StrJoin(MutablePaths(table), ", "));
  }
  const std::string field = path.substr(0, path.find('.'));
  for (const MaskPath& entry : table) {
    if (entry.path != field) continue;
    if (entry.mutability == Mutability::kImmutable) {
      return absl::StrCat("names \"", shown, "\", which cannot change after creation");
    }
    if (path == field) return "";
    return absl::StrCat("names \"", shown, "\"; name the whole field \"", field, "\"");
  }
  return absl::StrCat("names \"", shown, "\", which only the server sets");
}

}  // namespace

void CheckMask(const FieldMask& mask, absl::Span<const MaskPath> table, const Message& thing,
               Validation& v) {
  if (IsAll(mask)) return;
  for (const std::string& path : mask.paths()) {
    const std::string problem = ProblemOf(path, table, thing);
    if (!problem.empty()) v.Custom("update_mask", problem);
  }
}

std::vector<std::string> MaskedPaths(const FieldMask& mask, absl::Span<const MaskPath> table,
                                     const Message& thing) {
  if (IsAll(mask)) return MutablePaths(table);
  if (!mask.paths().empty()) return {mask.paths().begin(), mask.paths().end()};
  std::vector<std::string> paths = MutablePaths(table);
  std::erase_if(paths, [&](const std::string& path) { return !IsSet(thing, path); });
  return paths;
}

std::vector<std::string> MutablePaths(absl::Span<const MaskPath> table) {
  std::vector<std::string> paths;
  for (const MaskPath& entry : table) {
    if (entry.mutability == Mutability::kMutable) paths.emplace_back(entry.path);
  }
  return paths;
}

}  // namespace crm::rpc

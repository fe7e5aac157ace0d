#pragma once

#include <absl/strings/string_view.h>
#include <absl/types/span.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "common/rpc/validation.h"

namespace crm::rpc {

enum class Mutability { kMutable, kImmutable };

// A field of a resource that a client sets, e.g. {"owner"}. All its other fields are the server's.
struct MaskPath {
  absl::string_view path;
  Mutability mutability = Mutability::kMutable;
};

// One violation of "update_mask" for each path that is no field of `thing`, immutable, the
// server's, or lies below a field: those are replaced whole.
void CheckMask(const google::protobuf::FieldMask& mask, absl::Span<const MaskPath> table,
               const google::protobuf::Message& thing, Validation& v);

// The fields that an update writes: those of `mask` as it stands; all mutable ones that `thing` has
// set when the mask is empty; all mutable ones, set or not, when it is "*".
std::vector<std::string> MaskedPaths(const google::protobuf::FieldMask& mask,
                                     absl::Span<const MaskPath> table,
                                     const google::protobuf::Message& thing);

// The fields that an update can write.
std::vector<std::string> MutablePaths(absl::Span<const MaskPath> table);

}  // namespace crm::rpc

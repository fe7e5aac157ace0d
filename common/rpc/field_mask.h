#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace crm::rpc {

enum class Mutability { kMutable, kImmutable, kOutputOnly };

// One path of a resource that a client may name, e.g. {"owner", kMutable}.
struct MaskPath {
  std::string path;
  Mutability mutability = Mutability::kMutable;
};

// The paths an update writes: those of `mask`; all mutable ones that `from` has set when the mask
// is empty; all mutable ones, set or not, when it is "*". A named path may lie below a mutable one.
// Errors: INVALID_ARGUMENT FIELD_INVALID, one violation of "update_mask" per path that is unknown,
// immutable or output only.
absl::StatusOr<std::vector<std::string>> MaskedPaths(const google::protobuf::FieldMask& mask,
                                                     absl::Span<const MaskPath> table,
                                                     const google::protobuf::Message& from);

// Replaces the masked fields of `to` by those of `from` (an unset one is cleared, lists are
// replaced whole). Both are of the same type. Returns the written paths. Errors: MaskedPaths'.
absl::StatusOr<std::vector<std::string>> ApplyMask(const google::protobuf::FieldMask& mask,
                                                   absl::Span<const MaskPath> table,
                                                   const google::protobuf::Message& from,
                                                   google::protobuf::Message* to);

}  // namespace crm::rpc

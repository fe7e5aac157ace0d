#include "common/rpc/record_checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/text.h"

namespace crm::rpc {
namespace {

constexpr size_t kMostAttributes = 50;
constexpr size_t kMostInterests = 50;
constexpr size_t kAttributeValueLimit = 1000;

}  // namespace

void CheckAttributes(const std::string& path,
                     const google::protobuf::Map<std::string, std::string>& attributes,
                     Validation& v) {
  v.Count(path, attributes.size(), kMostAttributes);
  for (const auto& [key, value] : attributes) {
    if (!base::IsKey(key)) {
      v.Custom(path, "has a key that is not 1 to 63 characters [a-z0-9_] with a letter first");
      continue;
    }
    v.Text(absl::StrCat(path, "[\"", key, "\"]"), value, {1, kAttributeValueLimit, kRequired});
  }
}

void CheckInterests(const std::string& path,
                    const google::protobuf::RepeatedPtrField<std::string>& interests,
                    Validation& v) {
  v.Count(path, static_cast<size_t>(interests.size()), kMostInterests);
  const int most = std::min(interests.size(), static_cast<int>(kMostInterests));
  for (int i = 0; i < most; ++i) {
    v.Text(absl::StrCat(path, "[", i, "]"), interests[i], {1, kNameLimit, kRequired});
  }
}

}  // namespace crm::rpc

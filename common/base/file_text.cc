#include "common/base/file_text.h"

#include <absl/strings/str_cat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace crm::base {

absl::StatusOr<std::string> FileText(const std::string& path) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  // A folder can be opened; iterators over it throw.
  if (!file || std::filesystem::is_directory(path, ignored)) {
    return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace crm::base

#include "common/base/file_text.h"

#include <absl/strings/str_cat.h>

#include <filesystem>
#include <iterator>

#include "common/base/status.h"

namespace crm::base {

absl::StatusOr<std::ifstream> OpenFile(const std::string& path) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) {
    return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  }
  return file;
}

absl::StatusOr<std::string> FileText(const std::string& path) {
  CRM_ASSIGN_OR_RETURN(std::ifstream file, OpenFile(path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace crm::base

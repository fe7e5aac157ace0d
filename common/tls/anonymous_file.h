#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <string>

namespace crm::tls {

// A file in memory that has a name within this process only, and whose content changes as a whole:
// who opens it reads one content or the next, never part of both. For libraries that take nothing
// but names of files. Movable; one thread writes.
class AnonymousFile {
 public:
  // Errors: INTERNAL when the system has no memory or descriptor for it.
  static absl::StatusOr<AnonymousFile> Make(absl::string_view content);
  ~AnonymousFile();
  AnonymousFile(AnonymousFile&& other) noexcept;
  AnonymousFile& operator=(AnonymousFile&&) = delete;

  absl::Status Replace(absl::string_view content);
  std::string path() const;  // the same as long as the object lives

 private:
  explicit AnonymousFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace crm::tls

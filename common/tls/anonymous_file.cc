#include "common/tls/anonymous_file.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/base/status.h"

namespace crm::tls {
namespace {

absl::Status Failed(absl::string_view what) {
  return absl::InternalError(absl::StrCat(what, ": ", absl::ErrnoToStatus(errno, "").ToString()));
}

absl::StatusOr<int> FileWith(absl::string_view content) {
  const int descriptor = memfd_create("crm-tls", MFD_CLOEXEC);
  if (descriptor < 0) return Failed("memfd_create");
  for (size_t done = 0; done < content.size();) {
    const ssize_t wrote = write(descriptor, content.data() + done, content.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      const absl::Status status = Failed("write");
      close(descriptor);
      return status;
    }
    done += static_cast<size_t>(wrote);
  }
  return descriptor;
}

}  // namespace

absl::StatusOr<AnonymousFile> AnonymousFile::Make(absl::string_view content) {
  CRM_ASSIGN_OR_RETURN(const int descriptor, FileWith(content));
  return AnonymousFile(descriptor);
}

AnonymousFile::AnonymousFile(AnonymousFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

AnonymousFile::~AnonymousFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status AnonymousFile::Replace(absl::string_view content) {
  CRM_ASSIGN_OR_RETURN(const int fresh, FileWith(content));
  // In one step: whoever has opened the old content goes on reading it.
  const int result = dup3(fresh, descriptor_, O_CLOEXEC);
  const absl::Status status = result < 0 ? Failed("dup3") : absl::OkStatus();
  close(fresh);
  return status;
}

std::string AnonymousFile::path() const { return absl::StrCat("/proc/self/fd/", descriptor_); }

}  // namespace crm::tls

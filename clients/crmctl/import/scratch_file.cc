#include "clients/crmctl/import/scratch_file.h"

#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/base/status.h"

namespace crm::crmctl {
namespace {

constexpr size_t kWaiting = 256 << 10;

std::string Folder() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  return error ? "/tmp" : folder.string();
}

}  // namespace

absl::StatusOr<ScratchFile> ScratchFile::Make() {
  std::string path = absl::StrCat(Folder(), "/crmctlXXXXXX");
  const int file = mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat(Folder(), ": no temporary file can be made there (", std::strerror(errno),
                     "); TMPDIR names another folder"));
  }
  unlink(path.c_str());
  return ScratchFile(file);
}

ScratchFile::~ScratchFile() {
  if (file_ >= 0) close(file_);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      waiting_(std::move(other.waiting_)),
      status_(std::move(other.status_)) {}

void ScratchFile::Write(absl::string_view bytes) {
  waiting_.append(bytes.data(), bytes.size());
  size_ += static_cast<int64_t>(bytes.size());
  if (waiting_.size() >= kWaiting) Flush().IgnoreError();
}

absl::Status ScratchFile::Flush() {
  size_t done = 0;
  while (status_.ok() && done < waiting_.size()) {
    const ssize_t wrote = write(file_, waiting_.data() + done, waiting_.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      status_ = absl::ResourceExhaustedError(
          absl::StrCat(Folder(), ": a temporary file cannot be written (", std::strerror(errno),
                       "); TMPDIR names another folder"));
      break;
    }
    done += static_cast<size_t>(wrote);
  }
  waiting_.clear();
  return status_;
}

int64_t ScratchFile::Keep(absl::string_view text) {
  const int64_t place = size_;
  const auto length = static_cast<uint32_t>(text.size());
  Write(absl::string_view(reinterpret_cast<const char*>(&length), sizeof(length)));
  Write(text);
  return place;
}

bool ScratchFile::ReadAt(int64_t offset, char* to, size_t size) {
  const int64_t flushed = size_ - static_cast<int64_t>(waiting_.size());
  // What lies across the border is flushed first.
  if (offset < flushed && offset + static_cast<int64_t>(size) > flushed && !Flush().ok()) {
    return false;
  }
  if (offset >= flushed && !waiting_.empty()) {
    const auto at = static_cast<size_t>(offset - flushed);
    if (at + size > waiting_.size()) return false;
    std::copy_n(waiting_.data() + at, size, to);
    return true;
  }
  while (size > 0) {
    const ssize_t got = pread(file_, to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    offset += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

std::string ScratchFile::At(int64_t place) {
  uint32_t length = 0;
  std::string text;
  if (!ReadAt(place, reinterpret_cast<char*>(&length), sizeof(length))) return text;
  text.resize(length);
  if (!ReadAt(place + static_cast<int64_t>(sizeof(length)), text.data(), length)) text.clear();
  return text;
}

int ScratchFile::Release() { return std::exchange(file_, -1); }

}  // namespace crm::crmctl

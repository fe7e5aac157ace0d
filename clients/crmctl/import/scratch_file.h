#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <string>

namespace crm::crmctl {

// A temporary file without a name, for what would not fit into memory: written at its end, read
// anywhere. It is gone with the process. One thread.
class ScratchFile {
 public:
  // Errors: RESOURCE_EXHAUSTED, naming the folder (TMPDIR).
  static absl::StatusOr<ScratchFile> Make();

  ~ScratchFile();
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&&) = delete;

  // A failure is remembered, and told by Flush() and status().
  void Write(absl::string_view bytes);
  absl::Status Flush();
  const absl::Status& status() const { return status_; }
  int64_t size() const { return size_; }  // with what is not flushed yet

  // A text of any size as one, and where it stands.
  int64_t Keep(absl::string_view text);
  // What was kept at `place`. Empty if it cannot be read.
  std::string At(int64_t place);
  // How much room a text takes.
  static int64_t KeptSize(absl::string_view text) {
    return static_cast<int64_t>(sizeof(uint32_t) + text.size());
  }

  // The file itself, which the caller closes.
  int Release();

 private:
  explicit ScratchFile(int file) : file_(file) {}

  bool ReadAt(int64_t offset, char* to, size_t size);

  int file_;
  int64_t size_ = 0;
  std::string waiting_;  // the end of it, not written yet
  absl::Status status_;
};

}  // namespace crm::crmctl

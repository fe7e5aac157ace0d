#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace crm::crmctl {

// The text of a file as UTF-8, read piece by piece: nothing of it is held. By its byte order mark
// (UTF-8, UTF-16), whatever `encoding` says; else by `encoding` ("windows-1252", "shift_jis"; any
// name that ICU knows); else as it is. What is not UTF-8 is converted into a temporary file first.
class TextFile {
 public:
  // `stop` is asked now and then while it is converted. Errors: NOT_FOUND when it cannot be read;
  // INVALID_ARGUMENT for an encoding that is not known; RESOURCE_EXHAUSTED when there is no room to
  // convert it; CANCELLED.
  static absl::StatusOr<std::shared_ptr<const TextFile>> Open(const std::string& path,
                                                              absl::string_view encoding,
                                                              const std::function<bool()>& stop);
  // A text in memory.
  static std::shared_ptr<const TextFile> Of(std::string text);

  ~TextFile();
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  // Bytes, without byte order marks.
  int64_t size() const { return size_; }
  // Up to `most` bytes from `offset` on, added to `to`: fewer only at the end. False when the file
  // cannot be read any more.
  bool Read(int64_t offset, size_t most, std::string* to) const;

 private:
  TextFile() = default;

  int file_ = -1;
  int64_t begin_ = 0;
  int64_t size_ = 0;
  std::string text_;  // where there is no file
};

// "utf-16le" or "utf-16be" where bytes without a byte order mark look like it; else empty.
std::string WideEncoding(absl::string_view bytes);

// What bytes that are not UTF-8 look like, by ICU's detector: "windows-1252".
std::string LikelyEncoding(absl::string_view bytes);

bool IsEncoding(absl::string_view name);

}  // namespace crm::crmctl

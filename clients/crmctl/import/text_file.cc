#include "clients/crmctl/import/text_file.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unistd.h>

#include <algorithm>

#include "clients/crmctl/import/scratch_file.h"
#include "common/base/status.h"

namespace crm::crmctl {
namespace {

constexpr size_t kPiece = 1 << 20;

using Converter = std::unique_ptr<UConverter, decltype(&ucnv_close)>;

Converter OpenConverter(absl::string_view name) {
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(std::string(name).c_str(), &error), &ucnv_close);
  if (U_FAILURE(error)) converter.reset();
  return converter;
}

// Turns a stream of pieces into UTF-8. What cannot be converted becomes U+FFFD.
class Utf8Stream {
 public:
  explicit Utf8Stream(Converter from) : from_(std::move(from)), to_(OpenConverter("UTF-8")) {}

  std::string Take(absl::string_view bytes, bool last) {
    std::string text;
    UErrorCode error = U_ZERO_ERROR;
    char buffer[16 << 10];
    const char* source = bytes.data();
    do {
      error = U_ZERO_ERROR;
      char* target = buffer;
      ucnv_convertEx(to_.get(), from_.get(), &target, buffer + sizeof(buffer), &source,
                     bytes.data() + bytes.size(), pivot_, &pivot_source_, &pivot_target_,
                     pivot_ + std::size(pivot_), reset_, last, &error);
      text.append(buffer, static_cast<size_t>(target - buffer));
      reset_ = false;
    } while (error == U_BUFFER_OVERFLOW_ERROR);
    return text;
  }

 private:
  const Converter from_;
  const Converter to_;
  UChar pivot_[8 << 10];
  UChar* pivot_source_ = pivot_;
  UChar* pivot_target_ = pivot_;
  bool reset_ = true;
};

bool ReadAt(int file, int64_t offset, size_t most, std::string* to) {
  const size_t before = to->size();
  to->resize(before + most);
  size_t done = 0;
  while (done < most) {
    const ssize_t got = pread(file, to->data() + before + done, most - done,
                              static_cast<off_t>(offset) + static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      to->resize(before + done);
      return got == 0;
    }
    done += static_cast<size_t>(got);
  }
  return true;
}

}  // namespace

bool IsEncoding(absl::string_view name) { return OpenConverter(name) != nullptr; }

std::string WideEncoding(absl::string_view bytes) {
  // Delimiters, digits and line ends have a zero byte, always at the same side.
  const absl::string_view head = bytes.substr(0, 4 << 10);
  size_t zeros[2] = {0, 0};
  for (size_t i = 0; i < head.size(); ++i) zeros[i % 2] += head[i] == 0 ? 1 : 0;
  if (16 * (zeros[0] + zeros[1]) < head.size() || head.empty()) return "";
  return zeros[0] == 0 ? "utf-16le" : zeros[1] == 0 ? "utf-16be" : "";
}

std::string LikelyEncoding(absl::string_view bytes) {
  if (std::string wide = WideEncoding(bytes); !wide.empty()) return wide;
  std::string sample;
  while (!bytes.empty() && sample.size() < (64 << 10)) {
    const size_t end = std::min(bytes.find('\n'), bytes.size() - 1);
    const absl::string_view line = bytes.substr(0, end + 1);
    const bool ascii = std::all_of(line.begin(), line.end(), absl::ascii_isascii);
    if (!ascii) absl::StrAppend(&sample, line);
    bytes.remove_prefix(end + 1);
  }
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, decltype(&ucsdet_close)> detector(ucsdet_open(&error),
                                                                            &ucsdet_close);
  if (U_FAILURE(error)) return "";
  ucsdet_setText(detector.get(), sample.data(), static_cast<int32_t>(sample.size()), &error);
  const UCharsetMatch* match = ucsdet_detect(detector.get(), &error);
  const char* name = match == nullptr ? nullptr : ucsdet_getName(match, &error);
  if (U_FAILURE(error) || name == nullptr) return "windows-1252";
  // The detector says ISO-8859-1 of what Windows wrote without curly quotes: the same letters.
  return absl::EqualsIgnoreCase(name, "ISO-8859-1") ? "windows-1252" : name;
}

TextFile::~TextFile() {
  if (file_ >= 0) close(file_);
}

std::shared_ptr<const TextFile> TextFile::Of(std::string text) {
  const std::shared_ptr<TextFile> made(new TextFile());
  absl::string_view rest = text;
  while (absl::ConsumePrefix(&rest, "\xEF\xBB\xBF")) {
  }
  made->text_ = std::string(rest);
  made->size_ = static_cast<int64_t>(made->text_.size());
  return made;
}

absl::StatusOr<std::shared_ptr<const TextFile>> TextFile::Open(const std::string& path,
                                                               absl::string_view encoding,
                                                               const std::function<bool()>& stop) {
  const std::shared_ptr<TextFile> opened(new TextFile());
  opened->file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat facts {};
  std::string head;
  if (opened->file_ < 0 || fstat(opened->file_, &facts) != 0 || !S_ISREG(facts.st_mode) ||
      !ReadAt(opened->file_, 0, 4 << 10, &head)) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  }
  const char* wide = absl::StartsWith(head, "\xFF\xFE")   ? "UTF-16LE"
                     : absl::StartsWith(head, "\xFE\xFF") ? "UTF-16BE"
                                                          : nullptr;
  absl::string_view rest = head;
  while (absl::ConsumePrefix(&rest, "\xEF\xBB\xBF")) {
  }
  const size_t marks = head.size() - rest.size();
  if (wide == nullptr && (marks > 0 || encoding.empty())) {
    opened->begin_ = static_cast<int64_t>(marks);
    opened->size_ = facts.st_size - opened->begin_;
    posix_fadvise(opened->file_, 0, 0, POSIX_FADV_SEQUENTIAL);
    return opened;
  }
  Converter from = OpenConverter(wide != nullptr ? wide : encoding);
  if (!from) {
    return absl::InvalidArgumentError(absl::StrCat("the encoding ", encoding, " is not known"));
  }
  CRM_ASSIGN_OR_RETURN(ScratchFile scratch, ScratchFile::Make());
  Utf8Stream stream(std::move(from));
  for (int64_t at = wide != nullptr ? 2 : 0; at <= facts.st_size;) {
    if (stop && stop()) return absl::CancelledError("stopped while reading");
    std::string piece;
    if (!ReadAt(opened->file_, at, kPiece, &piece)) {
      return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
    }
    at += static_cast<int64_t>(piece.size());
    const bool last = piece.size() < kPiece;
    scratch.Write(stream.Take(piece, last));
    if (last) break;
  }
  CRM_RETURN_IF_ERROR(scratch.Flush());
  opened->size_ = scratch.size();
  close(opened->file_);
  opened->file_ = scratch.Release();
  return opened;
}

bool TextFile::Read(int64_t offset, size_t most, std::string* to) const {
  most = static_cast<size_t>(std::clamp<int64_t>(size_ - offset, 0, static_cast<int64_t>(most)));
  if (file_ >= 0) return most == 0 || ReadAt(file_, begin_ + offset, most, to);
  to->append(text_, static_cast<size_t>(offset), most);
  return true;
}

}  // namespace crm::crmctl

#include "common/rpc/page_token.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include <cstdint>

#include "common/base/digest.h"
#include "common/error/error.h"

namespace crm::rpc {
namespace {

// version | digest of filter | digest of order_by | checksum | position
constexpr char kVersion = 1;
constexpr size_t kDigestSize = 6;
constexpr size_t kChecksumSize = 8;
constexpr size_t kHeadSize = 1 + 2 * kDigestSize;
constexpr size_t kMaxTokenSize = 8192;

void AppendSize(size_t size, std::string* out) {
  for (int shift = 0; shift < 32; shift += 8) out->push_back(static_cast<char>(size >> shift));
}

bool TakeText(absl::string_view* in, std::string* out) {
  if (in->size() < 4) return false;
  size_t size = 0;
  for (int i = 3; i >= 0; --i) size = size << 8 | static_cast<uint8_t>((*in)[i]);
  in->remove_prefix(4);
  if (in->size() < size) return false;
  out->assign(in->data(), size);
  in->remove_prefix(size);
  return true;
}

std::string Digest(absl::string_view text, size_t size = kDigestSize) {
  return std::string(base::AsText(base::Sha256(text)).substr(0, size));
}

// Neither a method nor a tenant holds a NUL byte, so the parts cannot be confused.
std::string Checksum(const PageArguments& arguments, absl::string_view head,
                     absl::string_view body) {
  constexpr absl::string_view kNul("\0", 1);
  return Digest(absl::StrCat(arguments.method, kNul, arguments.tenant, kNul, head, body),
                kChecksumSize);
}

absl::Status Invalid(absl::string_view changed, absl::string_view text) {
  error::Error error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                     "The page token is not valid for this request.");
  if (!changed.empty()) error.With("changed", changed);
  error.Violation("page_token", text);
  return error;
}

}  // namespace

std::string EncodePageToken(const PageArguments& arguments,
                            absl::Span<const std::string> position) {
  const std::string head =
      std::string(1, kVersion) + Digest(arguments.filter) + Digest(arguments.order_by);
  std::string body;
  for (const std::string& column : position) {
    AppendSize(column.size(), &body);
    body += column;
  }
  std::string token;
  absl::WebSafeBase64Escape(head + Checksum(arguments, head, body) + body, &token);
  return token;
}

absl::StatusOr<std::vector<std::string>> DecodePageToken(const PageArguments& arguments,
                                                         absl::string_view token) {
  std::vector<std::string> position;
  if (token.empty()) return position;
  constexpr char kStartAgain[] = "must be a next_page_token of this list; start without one";
  std::string bytes;
  if (token.size() > kMaxTokenSize || !absl::WebSafeBase64Unescape(token, &bytes) ||
      bytes.size() < kHeadSize + kChecksumSize || bytes[0] != kVersion) {
    return Invalid("", kStartAgain);
  }
  const absl::string_view view = bytes;
  const absl::string_view head = view.substr(0, kHeadSize);
  absl::string_view body = view.substr(kHeadSize + kChecksumSize);
  if (Checksum(arguments, head, body) != view.substr(kHeadSize, kChecksumSize)) {
    return Invalid("", kStartAgain);
  }
  if (Digest(arguments.filter) != head.substr(1, kDigestSize)) {
    return Invalid("filter", "was made for another filter; start without one");
  }
  if (Digest(arguments.order_by) != head.substr(1 + kDigestSize)) {
    return Invalid("order_by", "was made for another order_by; start without one");
  }
  while (!body.empty()) {
    if (!TakeText(&body, &position.emplace_back())) return Invalid("", kStartAgain);
  }
  return position;
}

}  // namespace crm::rpc

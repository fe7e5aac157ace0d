#include "common/rpc/page_token.h"

#include <absl/strings/escaping.h>
#include <sodium/crypto_generichash.h>

#include <cstdint>

#include "common/error/error.h"

namespace crm::rpc {
namespace {

// version | digest of filter | digest of order_by | seal | position
constexpr char kVersion = 1;
constexpr size_t kDigestSize = 6;
constexpr size_t kSealSize = 12;
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

absl::Status Invalid(absl::string_view changed, absl::string_view text) {
  error::Error error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                     "The page token is not valid for this request.");
  if (!changed.empty()) error.With("changed", changed);
  error.Violation("page_token", text);
  return error;
}

}  // namespace

PageTokens::PageTokens(absl::string_view key) : key_(key.substr(0, 64)) {}

std::string PageTokens::Digest(absl::string_view use, absl::Span<const absl::string_view> parts,
                               size_t size) const {
  std::string text(use);
  for (absl::string_view part : parts) {
    AppendSize(part.size(), &text);
    text.append(part.data(), part.size());
  }
  std::string digest(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     reinterpret_cast<const unsigned char*>(key_.data()), key_.size());
  digest.resize(size);
  return digest;
}

std::string PageTokens::Encode(const PageArguments& arguments,
                               absl::Span<const std::string> position) const {
  std::string head(1, kVersion);
  head += Digest("filter", {arguments.filter}, kDigestSize);
  head += Digest("order", {arguments.order_by}, kDigestSize);
  std::string body;
  for (const std::string& column : position) {
    AppendSize(column.size(), &body);
    body += column;
  }
  const std::string seal =
      Digest("seal", {arguments.method, arguments.tenant, head, body}, kSealSize);
  std::string token;
  absl::WebSafeBase64Escape(head + seal + body, &token);
  return token;
}

absl::StatusOr<std::vector<std::string>> PageTokens::Decode(const PageArguments& arguments,
                                                            absl::string_view token) const {
  std::vector<std::string> position;
  if (token.empty()) return position;
  constexpr char kStartAgain[] = "must be a next_page_token of this list; start without one";
  std::string bytes;
  if (token.size() > kMaxTokenSize || !absl::WebSafeBase64Unescape(token, &bytes) ||
      bytes.size() < kHeadSize + kSealSize || bytes[0] != kVersion) {
    return Invalid("", kStartAgain);
  }
  const absl::string_view view = bytes;
  const absl::string_view head = view.substr(0, kHeadSize);
  absl::string_view body = view.substr(kHeadSize + kSealSize);
  if (Digest("seal", {arguments.method, arguments.tenant, head, body}, kSealSize) !=
      view.substr(kHeadSize, kSealSize)) {
    return Invalid("", kStartAgain);
  }
  if (Digest("filter", {arguments.filter}, kDigestSize) != head.substr(1, kDigestSize)) {
    return Invalid("filter", "was made for another filter; start without one");
  }
  if (Digest("order", {arguments.order_by}, kDigestSize) != head.substr(1 + kDigestSize)) {
    return Invalid("order_by", "was made for another order_by; start without one");
  }
  while (!body.empty()) {
    if (!TakeText(&body, &position.emplace_back())) return Invalid("", kStartAgain);
  }
  return position;
}

}  // namespace crm::rpc

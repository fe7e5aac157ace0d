#include "clients/cpp/token.h"

#include <absl/memory/memory.h>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "common/base/file_text.h"
#include "common/base/status.h"

namespace crm::client {
namespace {

bool IsTokenCharacter(char c) { return c > ' ' && c < 0x7f; }

absl::StatusOr<std::string> CheckToken(std::string text) {
  text = std::string(absl::StripAsciiWhitespace(text));
  if (text.empty() || !std::all_of(text.begin(), text.end(), IsTokenCharacter)) {
    return absl::InvalidArgumentError("the token is empty or has characters that no token has");
  }
  return text;
}

absl::StatusOr<std::string> ReadToken(const std::string& file) {
  CRM_ASSIGN_OR_RETURN(std::string text, base::FileText(file));
  return CheckToken(std::move(text));
}

}  // namespace

absl::StatusOr<std::shared_ptr<Token>> Token::Fixed(const std::string& text) {
  CRM_ASSIGN_OR_RETURN(std::string token, CheckToken(text));
  return absl::WrapUnique(new Token("", std::move(token)));
}

absl::StatusOr<std::shared_ptr<Token>> Token::FromFile(const std::string& file) {
  CRM_ASSIGN_OR_RETURN(std::string token, ReadToken(file));
  return absl::WrapUnique(new Token(file, std::move(token)));
}

std::shared_ptr<Token> Token::FromSource(std::function<std::string()> source) {
  return absl::WrapUnique(new Token("", "", std::move(source)));
}

std::string Token::Current() {
  absl::MutexLock lock(&mutex_);
  if (source_ != nullptr) return source_();
  const absl::Time now = absl::Now();
  if (file_.empty() || (now >= looked_ && now - looked_ < absl::Seconds(1))) return text_;
  looked_ = now;
  absl::StatusOr<std::string> found = ReadToken(file_);
  if (found.ok()) text_ = *std::move(found);
  return text_;
}

}  // namespace crm::client

#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>

namespace crm::client {

// A bearer token: fixed, from a file that somebody replaces before the token ends, or from whatever
// else knows one. Thread-safe.
class Token {
 public:
  // Errors: INVALID_ARGUMENT when it is empty or has characters that no token has.
  static absl::StatusOr<std::shared_ptr<Token>> Fixed(const std::string& text);
  // The file is read now, and again with each call that comes a second or more after the last look.
  // While it cannot be read, or holds no token, the one before stays. Errors: Fixed's; NOT_FOUND.
  static absl::StatusOr<std::shared_ptr<Token>> FromFile(const std::string& file);

  // `source` is asked for each call, by one thread at a time, and must not block. It gives a token
  // that Fixed would take.
  static std::shared_ptr<Token> FromSource(std::function<std::string()> source);

  // Reads the file when it is due.
  std::string Current();

 private:
  Token(std::string file, std::string text, std::function<std::string()> source = nullptr)
      : file_(std::move(file)), source_(std::move(source)), text_(std::move(text)) {}

  const std::string file_;                     // empty: fixed, unless there is a source
  const std::function<std::string()> source_;  // may be nullptr
  absl::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
  absl::Time looked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace crm::client

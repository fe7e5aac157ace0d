#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <memory>
#include <string>

namespace crm::client {

// A bearer token, fixed or from a file that somebody replaces before the token ends. Thread-safe.
class Token {
 public:
  // Errors: INVALID_ARGUMENT when it is empty or has characters that no token has.
  static absl::StatusOr<std::shared_ptr<Token>> Fixed(const std::string& text);
  // The file is read now, and again with each call that comes a second or more after the last look.
  // While it cannot be read, or holds no token, the one before stays. Errors: Fixed's; NOT_FOUND.
  static absl::StatusOr<std::shared_ptr<Token>> FromFile(const std::string& file);

  // Reads the file when it is due.
  std::string Current();

 private:
  Token(std::string file, std::string text) : file_(std::move(file)), text_(std::move(text)) {}

  const std::string file_;  // empty: fixed
  absl::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
  absl::Time looked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace crm::client

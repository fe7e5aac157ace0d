#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <string>

namespace crm::tls {

// Files in PEM. All absolute or relative to the working folder.
struct Files {
  std::string certificate;  // ours, the leaf first, then what leads to the authority
  std::string key;          // the leaf's, without a password
  std::string authority;    // whom peers must be certified by; may hold several, as in a rotation
};

// What is in them.
struct Texts {
  std::string certificate;
  std::string key;
  std::string authority;

  bool operator==(const Texts& other) const = default;
};

// Until when they are good.
struct Validity {
  absl::Time certificate;  // InfiniteFuture when there is none
  absl::Time authority;    // of several the last
};

// Reads the files; an empty name gives an empty text. Blocks. Errors: NOT_FOUND with the name.
absl::StatusOr<Texts> Read(const Files& files);

// Whether TLS can be spoken with them at `now`: all can be parsed, the key is the leaf's, neither
// certificate nor authority has ended. Certificate and key may be missing together (a client that
// shows none). Errors: INVALID_ARGUMENT, without a word of a key.
absl::StatusOr<Validity> Check(const Texts& texts, absl::Time now);

}  // namespace crm::tls

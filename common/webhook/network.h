#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

struct sockaddr;

// Which addresses may be called on behalf of tenants. Anybody who may create a webhook could
// otherwise have the service call what only the service can reach: its host, its neighbours, the
// cloud's metadata.
namespace crm::webhook {

// An IP address; of version 4 as IPv6 has it (::ffff:a.b.c.d).
class Address {
 public:
  // Nothing if the text, or the socket's address, is none. No names, no brackets.
  static std::optional<Address> Parse(absl::string_view text);
  static std::optional<Address> Of(const sockaddr* address);

  // Whether it is one of the public internet: in no range that IANA reserved for something else.
  bool IsPublic() const;

  bool HasPrefix(const Address& prefix, int bits) const;
  // Whether no bit is set behind the first `bits`.
  bool EndsAfter(int bits) const;

 private:
  bool IsVersion4() const;

  std::array<uint8_t, 16> bytes_ = {};
};

// A range of addresses, "10.1.0.0/16" or "fd00:1::/32".
class Network {
 public:
  // Nothing if it is none, also if bits beyond the prefix are set.
  static std::optional<Network> Parse(absl::string_view text);

  bool Contains(const Address& address) const { return address.HasPrefix(prefix_, bits_); }

 private:
  Address prefix_;
  int bits_ = 0;  // of the 128
};

// The public addresses, and those of networks that the operator has allowed.
struct AllowedAddresses {
  std::vector<Network> networks;

  bool Allow(const Address& address) const;
};

}  // namespace crm::webhook

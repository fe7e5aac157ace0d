#include "common/webhook/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace crm::webhook {
namespace {

constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;

// IANA's registries of special-purpose addresses, and multicast. Of IPv6 nothing outside 2000::/3
// is public.
constexpr const char* kReserved[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
    "2001::/23",     "2001:db8::/32",   "2002::/16",      "3fff::/20"};

const std::vector<Network>& Reserved() {
  static const auto* const networks = [] {
    auto* const all = new std::vector<Network>();
    for (const char* const text : kReserved) all->push_back(Network::Parse(text).value());
    return all;
  }();
  return *networks;
}

}  // namespace

std::optional<Address> Address::Parse(absl::string_view text) {
  const std::string copy(text);
  Address address;
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes_.data()) == 1) return address;
  std::memcpy(address.bytes_.data(), kMapped, sizeof(kMapped));
  if (inet_pton(AF_INET, copy.c_str(), address.bytes_.data() + sizeof(kMapped)) == 1) {
    return address;
  }
  return std::nullopt;
}

std::optional<Address> Address::Of(const sockaddr* address) {
  Address found;
  if (address->sa_family == AF_INET) {
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(address);
    std::memcpy(found.bytes_.data(), kMapped, sizeof(kMapped));
    std::memcpy(found.bytes_.data() + sizeof(kMapped), &v4->sin_addr, sizeof(v4->sin_addr));
    return found;
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(address);
  std::memcpy(found.bytes_.data(), &v6->sin6_addr, sizeof(v6->sin6_addr));
  return found;
}

bool Address::IsVersion4() const {
  return std::equal(std::begin(kMapped), std::end(kMapped), bytes_.begin());
}

bool Address::IsPublic() const {
  if (!IsVersion4() && (bytes_[0] & 0xe0) != 0x20) return false;
  return std::none_of(Reserved().begin(), Reserved().end(),
                      [this](const Network& network) { return network.Contains(*this); });
}

bool Address::HasPrefix(const Address& prefix, int bits) const {
  const auto whole = static_cast<size_t>(bits / 8);
  if (!std::equal(bytes_.begin(), bytes_.begin() + whole, prefix.bytes_.begin())) return false;
  if (bits % 8 == 0) return true;
  const int mask = 0xff << (8 - bits % 8) & 0xff;
  return (bytes_[whole] & mask) == (prefix.bytes_[whole] & mask);
}

bool Address::EndsAfter(int bits) const {
  for (int bit = bits; bit < 128; ++bit) {
    if ((bytes_[static_cast<size_t>(bit / 8)] & 0x80 >> bit % 8) != 0) return false;
  }
  return true;
}

std::optional<Network> Network::Parse(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  Network network;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &network.bits_)) return std::nullopt;
  const std::optional<Address> prefix = Address::Parse(parts[0]);
  if (!prefix.has_value()) return std::nullopt;
  network.prefix_ = *prefix;
  const bool version4 = parts[0].find(':') == absl::string_view::npos;
  if (version4) network.bits_ += kMappedBits;
  if (network.bits_ > 128 || network.bits_ < (version4 ? kMappedBits : 0)) return std::nullopt;
  // 10.1.0.0/8 is a slip of somebody who means something else.
  if (!network.prefix_.EndsAfter(network.bits_)) return std::nullopt;
  return network;
}

bool AllowedAddresses::Allow(const Address& address) const {
  return address.IsPublic() ||
         std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.Contains(address); });
}

}  // namespace crm::webhook

#pragma once

#include <absl/strings/string_view.h>

#include <optional>
#include <string>

// What an address given by a flag must look like. Each function returns what is wrong, to be put
// behind the flag's name ("must be …"), or nothing. Nothing is resolved or asked for.
namespace crm::config {

// Where gRPC shall listen: host:port, an IPv6 address in brackets, port 0 for a free one; or
// unix:/path. The host must be given: 0.0.0.0 and [::] are all of IPv4 and all of both.
std::optional<std::string> WrongListenAddress(absl::string_view text);

// Where the metrics server shall listen: as above, but IPv4 or a name only. Debian's civetweb is
// built without IPv6.
std::optional<std::string> WrongHttpListenAddress(absl::string_view text);

// Whom gRPC shall call: host:port, dns:///host:port, dns://server/host:port, ipv4:address:port,…,
// ipv6:[address]:port,…, or unix:/path. The port must be given.
std::optional<std::string> WrongChannelTarget(absl::string_view text);

// A server that is called by others than gRPC's own channels: host:port, an IPv6 address in
// brackets, and nothing else.
std::optional<std::string> WrongServerAddress(absl::string_view text);

}  // namespace crm::config

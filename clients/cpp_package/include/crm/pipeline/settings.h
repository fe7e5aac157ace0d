#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

namespace crm::pipeline {

// The three servers; the contact server also serves accounts.
enum class Server { kContact = 0, kLead = 1, kOpportunity = 2 };
inline constexpr int kServers = 3;

// "contact", "lead" or "opportunity".
const char* NameOf(Server server);

// Where the servers are and who calls. With `tls_ca`, the file of the authority to trust, by TLS;
// `tls_cert` and `tls_key` for servers that want to know who connects. A token says who calls;
// without one `tenant` and `actor` do, to servers that believe them.
struct Settings {
  std::string contact = {};  // "host:port" or another target of gRPC; empty: not called
  std::string lead = {};
  std::string opportunity = {};
  std::string tenant = {};  // default: "default"
  std::string actor = {};   // default: "anonymous"
  std::string token = {};
  std::string token_file = {};
  std::string tls_ca = {};
  std::string tls_cert = {};
  std::string tls_key = {};

  const std::string& Of(Server server) const;

  // What is not given comes from the environment (CRM_LEAD_ADDRESS, CRM_TLS_CA, CRM_TOKEN_FILE …),
  // then from the stack file: `stack`, CRM_STACK, or deploy/local/run/stack.env if it is there; a
  // folder means its stack.env. INVALID_ARGUMENT when a file that was named cannot be read, and
  // Check's.
  static absl::StatusOr<Settings> Find(Settings given, std::string stack = {});

  // INVALID_ARGUMENT for a malformed tenant or actor, and where a token would leave this machine in
  // plain text.
  absl::Status Check() const;
};

}  // namespace crm::pipeline

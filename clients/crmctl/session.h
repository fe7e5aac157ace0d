#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <functional>
#include <string>

#include "clients/cpp/client.h"
#include "common/tls/credentials.h"

namespace crm::crmctl {

// Exit codes of crmctl.
enum ExitCode {
  kExitOk = 0,
  kExitFailed = 1,       // the service refused the call
  kExitUsage = 2,        // wrong command line, or input that is wrong before anything is sent
  kExitUnreachable = 3,  // no answer: UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED
  kExitRowsFailed = 4,   // import: it ran to its end, and some rows failed
  kExitInterrupted = 130,
};

// Where the services are, who calls and how to print; from flags, then the environment, then the
// stack file (CRM_CONTACT_ADDRESS=host:port and so on, one a line), then the defaults.
struct Settings {
  client::Addresses addresses;
  client::Caller caller;
  std::string token, token_file;  // one of them; none: tenant and actor are stated
  tls::Files tls;                 // without an authority: plain text
  std::string redis_url;
  std::string stack;  // folder or file; empty: CRM_STACK, else ./deploy/local/run if it is there
  std::string output = "table";

  bool json() const { return output == "json"; }
  bool csv() const { return output == "csv"; }
};

// Fills what is empty in `settings` from the environment and the stack file, and takes the token
// up. Errors: INVALID_ARGUMENT when a stack file was asked for and cannot be read; Token's.
absl::Status Complete(Settings* settings);

// What one run of crmctl is about: the command line sets `settings` and `action`.
struct Session {
  Settings settings;
  std::function<absl::Status()> action;
  bool takes_csv = false;   // of the action
  int exit_code = kExitOk;  // where the action is fine and there is more to say

  absl::StatusOr<client::Client> Client() const;
  absl::StatusOr<client::Channels> Channels(client::Channels::Retries retries) const;
};

// Marks an error as the caller's own, found before anything was sent.
absl::Status Usage(absl::Status status);

// The code for a failed action.
int ExitCodeOf(const absl::Status& status);

}  // namespace crm::crmctl

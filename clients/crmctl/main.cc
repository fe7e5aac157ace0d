#include <absl/synchronization/mutex.h>
#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "clients/cpp/error_text.h"
#include "clients/crmctl/arguments.h"
#include "clients/crmctl/session.h"
#include "clients/crmctl/terminal_text.h"
#include "clients/crmctl/usage_error.h"

namespace crm::crmctl {
namespace {

constexpr char kFooter[] =
    "Addresses: flags, then CRM_CONTACT_ADDRESS, CRM_LEAD_ADDRESS, CRM_OPPORTUNITY_ADDRESS and\n"
    "CRM_REDIS_URL, then the same names in the stack file (--stack, CRM_STACK, or\n"
    "./deploy/local/run/stack.env if it is there). So are CRM_TOKEN, CRM_TOKEN_FILE, CRM_TLS_CA,\n"
    "CRM_TLS_CERT and CRM_TLS_KEY.\n"
    "Exit codes: 0 done; 1 refused by a service; 2 wrong command line or input; 3 no answer;\n"
    "4 import ended with failed rows; 130 interrupted.";

void AddSettings(CLI::App* app, Settings* settings) {
  app->add_option("--contact-address", settings->addresses.contact, "host:port of crm-contact");
  app->add_option("--lead-address", settings->addresses.lead, "host:port of crm-lead");
  app->add_option("--opportunity-address", settings->addresses.opportunity,
                  "host:port of crm-opportunity");
  app->add_option("--redis-url", settings->redis_url, "redis://host:port, for events tail");
  app->add_option("--stack", settings->stack, "folder of a local stack, or its stack.env");
  app->add_option("--tenant", settings->caller.tenant, "whose data")
      ->envname("CRM_TENANT")
      ->capture_default_str();
  app->add_option("--actor", settings->caller.actor, "who calls")
      ->envname("CRM_ACTOR")
      ->capture_default_str();
  app->add_option("--token", settings->token,
                  "bearer token; it then says whose data and who calls (others see a command line: "
                  "better CRM_TOKEN or a file)");
  app->add_option("--token-file", settings->token_file, "file that holds it; may be replaced");
  app->add_option("--tls-ca", settings->tls.authority,
                  "PEM file of the authority that certified the services; without it plain text");
  app->add_option("--tls-cert", settings->tls.certificate,
                  "PEM file of a certificate of one's own");
  app->add_option("--tls-key", settings->tls.key, "PEM file of its key");
  app->add_option("--output,-o", settings->output, "table, json, or csv for reports")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
}

int Fail(const absl::Status& status, int code) {
  const bool coloured = isatty(STDERR_FILENO) && !std::getenv("NO_COLOR");
  std::fflush(stdout);
  std::fprintf(stderr, "%serror:%s %s\n", coloured ? "\033[1;31m" : "", coloured ? "\033[0m" : "",
               OnLines(client::ManyLines(status)).c_str());
  return code;
}

int Main(int argc, char** argv) {
  // Debian's Abseil checks every lock for deadlock cycles unless told not to.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Of a text that is no UTF-8 the service tells which field it is.
  google::protobuf::SetLogHandler(nullptr);
  CLI::App app("crmctl: contacts, leads and opportunities from the command line.", "crmctl");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  Session session;
  AddSettings(&app, &session.settings);
  AddContactCommands(&app, &session);
  AddAccountCommands(&app, &session);
  AddLeadCommands(&app, &session);
  AddConversionCommands(&app, &session);
  AddPredictionCommands(&app, &session);
  AddOpportunityCommands(&app, &session);
  AddPipelineCommands(&app, &session);
  AddPolicyCommands(&app, &session);
  AddAssignmentCommands(&app, &session);
  AddEventCommands(&app, &session);
  AddWebhookCommands(&app, &session);
  AddAccessCommands(&app, &session);
  AddOverviewCommand(&app, &session);
  AddReportCommands(&app, &session);
  AddImportCommand(&app, &session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    return Fail(UsageError(app, error), kExitUsage);
  }
  if (absl::Status status = Complete(&session.settings); !status.ok()) {
    return Fail(status, kExitUsage);
  }
  if (session.settings.csv() && !session.takes_csv) {
    return Fail(absl::InvalidArgumentError("--output csv is for reports alone"), kExitUsage);
  }
  const absl::Status status = session.action();
  if (status.ok()) return session.exit_code;
  return Fail(status, ExitCodeOf(status));
}

}  // namespace
}  // namespace crm::crmctl

int main(int argc, char** argv) { return crm::crmctl::Main(argc, argv); }

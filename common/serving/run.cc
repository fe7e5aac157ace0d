#include <malloc.h>

#include <cstdio>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/lifecycle/shutdown_signal.h"
#include "common/log/log.h"
#include "common/redis/connection.h"
#include "common/serving/common_options.h"
#include "common/serving/program.h"
#include "common/serving/service.h"
#include "common/stage/reconcile.h"

namespace crm::serving {
namespace {

constexpr int kArenas = 4;
constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

int Fail(const char* what, const absl::Status& status) {
  log::Error(what, {{"error", status.ToString()}, {"detail", error::PrivateTextOf(status)}});
  return kFailed;
}

int RunMigrate(const ServiceDefinition& definition, const CommonOptions& options) {
  const absl::StatusOr<int> applied =
      pg::Migrate(DatabaseOf(definition, options.MigrateUrl()), MigrationSets(definition));
  if (!applied.ok()) return Fail("migration failed", applied.status());
  log::Info("schema is at head", {{"applied", *applied}});
  return 0;
}

absl::Status Reconcile(const ServiceDefinition& definition, const CommonOptions& options) {
  CRM_ASSIGN_OR_RETURN(const auto database,
                       pg::Connection::Open(DatabaseOf(definition, options.MigrateUrl())));
  CRM_ASSIGN_OR_RETURN(const auto redis, redis::Connection::Open({options.redis_url}));
  const base::Clock& clock = base::SystemClock::Instance();
  base::RandomIdGenerator ids(&clock);
  CRM_ASSIGN_OR_RETURN(
      const event::Reconciliation done,
      stage::Reconcile(*database, *redis, definition.name, "operator", clock, ids));
  if (!done.diverged) {
    std::printf("The stream has not diverged; nothing was done.\n");
    return absl::OkStatus();
  }
  std::printf(
      "Epoch %lld begins with the marker event %lld. Orphaned: sequences %lld to %lld. "
      "Renumbered: %lld events.\n",
      static_cast<long long>(done.epoch), static_cast<long long>(done.marker_sequence),
      static_cast<long long>(done.first_orphan), static_cast<long long>(done.last_orphan),
      static_cast<long long>(done.renumbered));
  return absl::OkStatus();
}

int RunReconcile(const ServiceDefinition& definition, const CommonOptions& options, bool accepted) {
  if (!accepted) {
    std::fprintf(stderr,
                 "events reconcile gives up what the stream holds beyond the database: it starts a "
                 "new epoch.\nSay --accept-divergence to do that.\n");
    return kWrongUse;
  }
  const absl::Status status = Reconcile(definition, options);
  return status.ok() ? 0 : Fail("reconciliation failed", status);
}

int RunServe(const ServiceDefinition& definition, const CommonOptions& options) {
  // Memory is freed by other threads than those that took it; with an arena for each it would pile
  // up in all of them.
  mallopt(M_ARENA_MAX, kArenas);
  // Debian's Abseil keeps a graph of lock orders for every mutex, as in a debug build.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  lifecycle::ShutdownSignal signal;
  Program program(definition, options);
  if (absl::Status status = program.Start(); !status.ok()) return Fail("start failed", status);
  while (!program.BecomeReady() && !signal.WaitFor(absl::Milliseconds(300))) {
  }
  log::Info("stopping", {{"cause", signal.Wait()}});
  program.Stop();
  return 0;
}

int RunCommand(const ServiceDefinition& definition, const CommonOptions& options,
               const Command& command, const std::vector<std::string>& words) {
  Program program(definition, options);
  const absl::Status status = command.run(program.process(), words);
  return status.ok() ? 0 : Fail("command failed", status);
}

// The words before the first flag: the command and its arguments.
std::vector<std::string> TakeWords(int argc, char** argv, std::vector<const char*>& flags) {
  std::vector<std::string> words;
  int at = 1;
  for (; at < argc && argv[at][0] != '-'; ++at) words.emplace_back(argv[at]);
  flags.push_back(argv[0]);
  for (; at < argc; ++at) flags.push_back(argv[at]);
  return words;
}

std::string CommandHelp(const ServiceDefinition& definition) {
  std::string help =
      absl::StrCat(definition.description,
                   "\nCommands: serve (default), migrate, events reconcile --accept-divergence");
  for (const Command& command : definition.commands) {
    absl::StrAppend(&help, "; ", command.name, ": ", command.help);
  }
  return help;
}

}  // namespace

int Run(int argc, char** argv, const ServiceDefinition& definition) {
  std::vector<const char*> flags;
  const std::vector<std::string> words = TakeWords(argc, argv, flags);
  CommonOptions common;
  bool accept_divergence = false;
  config::Options options("crm-" + definition.name, CommandHelp(definition));
  common.AddTo(options);
  options.Switch("accept-divergence", "for events reconcile", &accept_divergence);
  if (definition.add_options) definition.add_options(options);
  const std::string command = words.empty() ? "serve" : words[0];
  options.Check([&]() -> std::optional<std::string> {
    const bool needs_redis = command == "serve" || command == "events";
    if (!needs_redis || !common.redis_url.empty()) return std::nullopt;
    return "redis-url is required";
  });
  if (const auto code = options.ParseOrExitCode(static_cast<int>(flags.size()), flags.data())) {
    return *code;
  }
  log::Init(definition.name, *log::ParseLevel(common.log_level));
  if (command == "serve") return RunServe(definition, common);
  if (command == "migrate") return RunMigrate(definition, common);
  if (command == "events" && words.size() == 2 && words[1] == "reconcile") {
    return RunReconcile(definition, common, accept_divergence);
  }
  for (const Command& own : definition.commands) {
    if (own.name == command) {
      return RunCommand(definition, common, own, {words.begin() + 1, words.end()});
    }
  }
  std::fprintf(stderr, "unknown command %s\n%s\n", command.c_str(),
               CommandHelp(definition).c_str());
  return kWrongUse;
}

}  // namespace crm::serving

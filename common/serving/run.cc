#include <malloc.h>

#include <cstdio>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "common/base/status.h"
#include "common/config/address.h"
#include "common/error/error.h"
#include "common/event/event_log.h"
#include "common/lifecycle/shutdown_signal.h"
#include "common/log/log.h"
#include "common/redis/connection.h"
#include "common/serving/common_options.h"
#include "common/serving/migrate.h"
#include "common/serving/program.h"
#include "common/serving/service.h"
#include "common/stage/reconcile.h"
#include "common/stage/stage_event.h"

namespace crm::serving {
namespace {

constexpr int kArenas = 4;
constexpr int kBigBlock = 512 << 10;  // above the text of a usual batch, below the biggest request

// The flags of single commands, beside the common ones.
struct CommandFlags {
  bool accept_divergence = false;
  MigrateOptions migrate;
};

int Fail(const char* what, const absl::Status& status) {
  log::Error(what, {{"error", status.ToString()}, {"detail", error::PrivateTextOf(status)}});
  return kFailed;
}

absl::Status ReconcilePartition(const ServiceDefinition& definition, const CommonOptions& options,
                                pg::Connection& database, int partition) {
  const std::string stream = stage::StreamKey(definition.name, partition);
  CRM_ASSIGN_OR_RETURN(const auto redis,
                       redis::Connection::Open({.url = options.redis_url, .key = stream}));
  const base::Clock& clock = base::SystemClock::Instance();
  base::RandomIdGenerator ids(&clock);
  CRM_ASSIGN_OR_RETURN(
      const event::Reconciliation done,
      stage::Reconcile(database, *redis, definition.name, partition, "operator", clock, ids));
  if (!done.diverged) {
    std::printf("%s: The stream has not diverged; nothing was done.\n", stream.c_str());
    return absl::OkStatus();
  }
  std::printf(
      "%s: Epoch %lld begins with the marker event %lld. Orphaned: sequences %lld to %lld. "
      "Renumbered: %lld events.\n",
      stream.c_str(), static_cast<long long>(done.epoch),
      static_cast<long long>(done.marker_sequence), static_cast<long long>(done.first_orphan),
      static_cast<long long>(done.last_orphan), static_cast<long long>(done.renumbered));
  return absl::OkStatus();
}

absl::Status Reconcile(const ServiceDefinition& definition, const CommonOptions& options) {
  CRM_ASSIGN_OR_RETURN(const auto database,
                       pg::Connection::Open(DatabaseOf(definition, options.MigrateUrl())));
  CRM_ASSIGN_OR_RETURN(const int partitions,
                       event::CountPartitions(*database, base::Deadline::After(absl::Seconds(10))));
  for (int partition = 0; partition < partitions; ++partition) {
    CRM_RETURN_IF_ERROR(ReconcilePartition(definition, options, *database, partition));
  }
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
  // Big requests go back to the system when they are freed. By default the threshold follows the
  // biggest block ever freed, and they stay where small ones have settled between them.
  mallopt(M_MMAP_THRESHOLD, kBigBlock);
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
  if (absl::Status status = program.OpenCertificates(); !status.ok()) {
    return Fail("the certificates cannot be used", status);
  }
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
  std::string help = absl::StrCat(
      definition.description,
      "\n\nCommands:"
      "\n  serve (default)     serves; not ready before the schema suits it"
      "\n  migrate             brings the schema to head"
      "\n  migrate --check     only tells how the schema stands"
      "\n  migrate --dry-run   tries the missing migrations and rolls them back"
      "\n  events reconcile --accept-divergence"
      "\n                      goes on after the database was restored behind the stream");
  for (const Command& command : definition.commands) {
    absl::StrAppendFormat(&help, "\n  %-20s%s", command.name, command.help);
  }
  return absl::StrCat(help,
                      "\n\nExit codes: 0 done; 1 failed, trying again may help; 2 wrong flags; "
                      "3 migrate --check: the schema is behind (serve: the drain hung); "
                      "4 migrate: the schema is newer or was changed, trying again does not help; "
                      "130 a second signal ended the drain.\n"
                      "Each flag is a variable too: --read-workers is CRM_READ_WORKERS.");
}

void AddFlags(const ServiceDefinition& definition, CommonOptions& common, CommandFlags& flags,
              config::Options& options) {
  common.AddTo(options, definition.own_lanes > 0);
  for (const Neighbour& neighbour : definition.neighbours) {
    options.Text(neighbour.name + "-address",
                 absl::StrCat("where the ", neighbour.name,
                              " service is: host:port, dns:///host:port, unix:/path",
                              neighbour.purpose.empty() ? "" : "; ", neighbour.purpose,
                              "; required to serve"),
                 neighbour.address, config::Options::Need::kOptional, config::WrongChannelTarget);
  }
  if (definition.add_options) definition.add_options(options);
  options.Switch("accept-divergence", "for events reconcile", &flags.accept_divergence)
      .Switch("check", "for migrate: write nothing, tell by the exit code how the schema stands",
              &flags.migrate.check)
      .Switch("dry-run", "for migrate: try what is missing in a transaction that is rolled back",
              &flags.migrate.dry_run)
      .Number(
          "partitions",
          "for migrate: how many partitions the log of events is to have, each with a stream of "
          "its own; may be raised while the service is stopped, never lowered; 0: as it is",
          &flags.migrate.partitions, 0, event::kMostPartitions)
      .Time("lock-timeout", "for migrate: how long to wait for a table's lock before it fails",
            &flags.migrate.lock_timeout, absl::Milliseconds(1), absl::Hours(1));
}

using Problem = std::optional<std::string>;

Problem ProblemIf(bool wrong, const std::string& problem) {
  return wrong ? Problem(problem) : std::nullopt;
}

// What the command needs or does not know. Everything given must outlive the parsing.
void AddRules(const ServiceDefinition& definition, const CommonOptions& common,
              const CommandFlags& flags, const std::string& command, config::Options& options) {
  const bool serves = command == "serve";
  const bool streams = serves || command == "events";
  options.Check([&common, streams] {
    return ProblemIf(streams && common.redis_url.empty(),
                     "--redis-url or CRM_REDIS_URL is required");
  });
  options.Check([&common, serves] { return serves ? common.auth.Problem() : std::nullopt; });
  for (const Neighbour& neighbour : definition.neighbours) {
    options.Check([&neighbour, serves] {
      return ProblemIf(serves && neighbour.address->empty(),
                       absl::StrCat("--", neighbour.name, "-address is required"));
    });
  }
  options.Check([&migrate = flags.migrate, migrates = command == "migrate"] {
    return ProblemIf(!migrates && (migrate.check || migrate.dry_run),
                     "--check and --dry-run belong to migrate");
  });
  options.Check([&migrate = flags.migrate] {
    return ProblemIf(migrate.check && migrate.dry_run, "--check and --dry-run exclude each other");
  });
}

int RunWord(const ServiceDefinition& definition, const CommonOptions& common,
            const CommandFlags& flags, const std::vector<std::string>& words) {
  const std::string& command = words[0];
  if (command == "serve") return RunServe(definition, common);
  lifecycle::EndAtOnceOnSignal();
  if (command == "migrate") {
    return RunMigrate(DatabaseOf(definition, common.MigrateUrl()), MigrationSets(definition),
                      flags.migrate);
  }
  if (command == "events" && words.size() == 2 && words[1] == "reconcile") {
    return RunReconcile(definition, common, flags.accept_divergence);
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

}  // namespace

int Run(int argc, char** argv, const ServiceDefinition& definition) {
  std::vector<const char*> arguments;
  std::vector<std::string> words = TakeWords(argc, argv, arguments);
  if (words.empty()) words.push_back("serve");
  CommonOptions common;
  CommandFlags flags;
  config::Options options("crm-" + definition.name, CommandHelp(definition));
  AddFlags(definition, common, flags, options);
  AddRules(definition, common, flags, words[0], options);
  if (const auto code =
          options.ParseOrExitCode(static_cast<int>(arguments.size()), arguments.data())) {
    return *code;
  }
  log::Init(definition.name, *log::ParseLevel(common.log_level));
  return RunWord(definition, common, flags, words);
}

}  // namespace crm::serving

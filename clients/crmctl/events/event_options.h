#pragma once

#include <absl/status/statusor.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "clients/crmctl/events/event_filter.h"
#include "clients/crmctl/events/event_log_reader.h"

namespace crm::crmctl {

// What the commands that read events are told.
struct EventOptions {
  std::string service;
  std::vector<std::string> services;
  std::vector<std::string> things;
  std::vector<std::string> to_stages;
  EventFilter filter;
  int64_t after = 0;
  std::string since;
  int partition = 0;  // of export: -1 for all
  int limit = 50;
  bool all = false;
  bool from_start = false;
  int count = 0;
  std::string file;
  std::string format = "jsonl";
  bool resume = false;
};

inline constexpr char kOnePartition[] = "of a log that has several; from 0 on";

EventLog LogOf(const EventOptions& o);
EventFilter FilterOf(const EventOptions& o);
// Where to begin: behind --after, or with what was published since --since.
absl::StatusOr<int64_t> BeginOf(const client::Client& client, const EventOptions& o);

void AddFilter(CLI::App* command, EventOptions* o);
// `partitions` is what to say of --partition.
void AddBegin(CLI::App* command, EventOptions* o, const char* partitions);

}  // namespace crm::crmctl

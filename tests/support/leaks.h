#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// The personal data that a program of tests has stored in its databases must be found nowhere else:
// not in what is published (events, streams, dead letters, webhooks), nor in log lines, nor in
// metrics, nor in what callers are told when calls fail. The servers of tests/support and those who
// run programs tell here what there is; at the end of the program it is looked through, and what is
// found fails the program. Tests need do nothing. Thread-safe.
namespace crm::testing {

class PostgresServer;
class RedisServer;

// Something that others may read, under the name of its place. Log lines of programs: JsonLinesOf.
void KeepTold(const std::string& place, std::string text);

// What this process logs is kept from now on, as it is from the beginning, and given to `also`: for
// tests that look at the lines themselves (log::Init would take them away from here).
void KeepLog(std::function<void(absl::string_view lines)> also = nullptr);

// The log lines in what a program has written, without what else it has.
std::string JsonLinesOf(const std::string& output);

// What a program has said of calls that failed, as crmctl does: lines that begin with "error:", and
// those behind it that are indented.
std::string ErrorsIn(const std::string& output);

// Servers that run are looked at at the end of the program, those that go before when they go.
void Watch(PostgresServer& server);
void Watch(RedisServer& server);
void Leave(PostgresServer& server);
void Leave(RedisServer& server);

// A database that no PostgresServer has, by its superuser's URL; at once.
void LookThrough(const std::string& database_url);

// What is found in what was kept up to now: "place: …what stands around it…". That is forgotten.
std::vector<std::string> TakeLeaks();

}  // namespace crm::testing

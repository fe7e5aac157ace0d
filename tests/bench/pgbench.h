#pragma once

#include <string>

namespace crm::bench {

struct PgbenchResult {
  double per_second = 0;
  double p50_millis = 0;  // of single transactions
  double cpu_client = 0;  // CPU seconds of pgbench itself
  int64_t transactions = 0;
};

// Runs `script` (pgbench's language) against `url`, prepared statements, `clients` connections, for
// `seconds`. Aborts the program if pgbench fails.
PgbenchResult Pgbench(const std::string& url, const std::string& script, int clients, int seconds);

}  // namespace crm::bench

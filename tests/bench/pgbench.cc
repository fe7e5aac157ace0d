#include "tests/bench/pgbench.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "tests/bench/machine.h"
#include "tests/support/command.h"

namespace crm::bench {
namespace {

double NumberAfter(const std::string& text, const std::string& words) {
  const size_t at = text.find(words);
  return at == std::string::npos ? 0 : std::atof(text.c_str() + at + words.size());
}

// The third column of pgbench's log is a transaction's time in microseconds.
double MedianMillis(const std::string& logs) {
  std::vector<double> micros;
  for (absl::string_view line : absl::StrSplit(logs, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ');
    double value = 0;
    if (fields.size() > 2 && absl::SimpleAtod(fields[2], &value)) micros.push_back(value);
  }
  if (micros.empty()) return 0;
  std::nth_element(micros.begin(), micros.begin() + micros.size() / 2, micros.end());
  return micros[micros.size() / 2] / 1000;
}

}  // namespace

PgbenchResult Pgbench(const std::string& url, const std::string& script, int clients, int seconds) {
  char folder[] = "/tmp/crm-pgbench-XXXXXX";
  if (mkdtemp(folder) == nullptr) std::abort();
  const std::string path = absl::StrCat(folder, "/script.sql");
  std::ofstream(path) << script;
  const double before = ChildrenCpuSeconds();
  const testing::Outcome run = testing::RunScript(absl::StrCat(
      "cd ", folder, " && $(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/pgbench",
      " -n -M prepared -l --sampling-rate=0.2 -c ", clients, " -j ", std::min(clients, 2), " -T ",
      seconds, " -f script.sql ", testing::Quoted(url)));
  if (run.code != 0) {
    std::fprintf(stderr, "pgbench failed:\n%s\n", run.output.c_str());
    std::abort();
  }
  PgbenchResult result;
  result.per_second = NumberAfter(run.output, "tps = ");
  result.transactions =
      static_cast<int64_t>(NumberAfter(run.output, "transactions actually processed: "));
  const testing::Outcome logs =
      testing::RunScript(absl::StrCat("cat ", folder, "/pgbench_log.* && rm -r ", folder));
  result.cpu_client = ChildrenCpuSeconds() - before;
  result.p50_millis = MedianMillis(logs.output);
  return result;
}

}  // namespace crm::bench

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crm::bench {

// One line of the table: what was measured, against what, and what was wanted.
struct Finding {
  std::string scenario = {};
  std::string unit = {};     // "calls/s", "ms", "MiB"…
  double value = 0;          // median over the rounds
  std::string against = {};  // what the ratio is to, empty if nothing
  double baseline = 0;
  // "≥ 2" or "≤ 1.3" of the ratio, or of the value itself when there is no baseline; empty: only
  // reported.
  std::string target = {};
  double p50 = 0, p99 = 0;  // milliseconds, of the median round; 0: not measured
  double batch = 0;         // calls per batch as the service counted
  std::map<std::string, double> cpu_micros = {};  // per call, by process
  std::string remark = {};

  std::optional<double> Ratio() const;
  // Whether the target is met; nothing without one.
  std::optional<bool> Met() const;
};

// A median of an odd number of values, the mean of the middle two otherwise.
double Median(std::vector<double> values);

class Report {
 public:
  explicit Report(std::string machine) : machine_(std::move(machine)) {}

  // Keeps the finding and prints its line at once.
  void Add(Finding finding);
  // The whole table, as it stands in docs/performance.md.
  void Print() const;
  void WriteJson(const std::string& path) const;

 private:
  std::string machine_;
  std::vector<Finding> findings_;
};

}  // namespace crm::bench

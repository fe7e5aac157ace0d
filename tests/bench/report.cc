#include "tests/bench/report.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

namespace crm::bench {
namespace {

std::string Number(double value) {
  if (value == 0) return "–";
  if (value >= 100) return absl::StrFormat("%.0f", value);
  return absl::StrFormat(value >= 10 ? "%.1f" : "%.2f", value);
}

std::string CpuText(const std::map<std::string, double>& cpu) {
  std::string text;
  for (const auto& [name, micros] : cpu) {
    if (micros >= 0.5)
      absl::StrAppendFormat(&text, "%s%s %.0f", text.empty() ? "" : ", ", name, micros);
  }
  return text.empty() ? "–" : text;
}

std::string MetText(const Finding& finding) {
  const std::optional<bool> met = finding.Met();
  if (!met.has_value()) return finding.target.empty() ? "" : finding.target;
  return absl::StrCat(finding.target, *met ? " ✓" : " ✗");
}

std::string Line(const Finding& it) {
  const std::optional<double> ratio = it.Ratio();
  return absl::StrFormat(
      "| %s | %s %s | %s | %s | %s | %s / %s | %s | %s | %s |", it.scenario, Number(it.value),
      it.unit, it.against.empty() ? "–" : absl::StrCat(it.against, " ", Number(it.baseline)),
      ratio ? absl::StrFormat("%.2f", *ratio) : "–", MetText(it), Number(it.p50), Number(it.p99),
      Number(it.batch), CpuText(it.cpu_micros), it.remark);
}

constexpr char kHead[] =
    "| scenario | measured | against | ratio | target | p50 / p99 ms | batch | CPU µs per call | "
    "remark |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |";

}  // namespace

std::optional<double> Finding::Ratio() const {
  if (against.empty() || baseline <= 0) return std::nullopt;
  return value / baseline;
}

std::optional<bool> Finding::Met() const {
  absl::string_view text = target;
  const bool least = absl::ConsumePrefix(&text, "≥ ");
  if (!least && !absl::ConsumePrefix(&text, "≤ ")) return std::nullopt;
  double wanted = 0;
  if (!absl::SimpleAtod(text.substr(0, text.find(' ')), &wanted)) return std::nullopt;
  const double measured = Ratio().value_or(value);
  return least ? measured >= wanted : measured <= wanted;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Report::Add(Finding finding) {
  std::printf("%s\n", Line(finding).c_str());
  std::fflush(stdout);
  findings_.push_back(std::move(finding));
}

void Report::Print() const {
  std::printf("\n%s, %s\n\n%s\n", machine_.c_str(),
              absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone()).c_str(), kHead);
  for (const Finding& finding : findings_) std::printf("%s\n", Line(finding).c_str());
}

void Report::WriteJson(const std::string& path) const {
  nlohmann::json json{{"machine", machine_},
                      {"time", absl::FormatTime(absl::Now(), absl::UTCTimeZone())}};
  for (const Finding& it : findings_) {
    nlohmann::json one{{"scenario", it.scenario}, {"unit", it.unit},
                       {"value", it.value},       {"against", it.against},
                       {"baseline", it.baseline}, {"target", it.target},
                       {"p50_ms", it.p50},        {"p99_ms", it.p99},
                       {"batch", it.batch},       {"cpu_micros", it.cpu_micros},
                       {"remark", it.remark}};
    if (const auto ratio = it.Ratio()) one["ratio"] = *ratio;
    if (const auto met = it.Met()) one["met"] = *met;
    json["findings"].push_back(std::move(one));
  }
  std::ofstream(path) << json.dump(2) << "\n";
}

}  // namespace crm::bench

#pragma once

#include <absl/strings/string_view.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prometheus {
class Collectable;
class Registry;
}  // namespace prometheus

namespace crm::metrics {

// Prometheus' own types: Increment, Set and Observe are safe from any thread and cost nanoseconds.
using Counter = prometheus::Counter;
using Gauge = prometheus::Gauge;
using Histogram = prometheus::Histogram;
using Labels = std::vector<std::pair<std::string, std::string>>;

// A gauge that is exported only between a Set and the next Withdraw, for what one of several
// replicas knows at a time: the last figures of one that knows no more would mislead. Thread-safe,
// costs nanoseconds.
class TransientGauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Withdraw() { Set(kNothing); }
  // Nothing while it is not exported.
  std::optional<double> value() const {
    const double value = value_.load(std::memory_order_relaxed);
    return value == value ? std::optional<double>(value) : std::nullopt;
  }

 private:
  static constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  std::atomic<double> value_{kNothing};
};

// Upper bounds for durations in seconds: 0.5 ms to 10 s.
const std::vector<double>& LatencyBuckets();
// Upper bounds for sizes of batches: powers of two from 1 to 512.
const std::vector<double>& BatchSizeBuckets();

// Owns all metrics of a process (or of a test). A Get looks the metric up under a lock, so resolve
// each once and keep the reference, which is valid as long as the registry. The same name and
// labels give the same metric. A name used for two kinds, a malformed name, or two sets of
// buckets is a mistake of the programmer: the first two throw std::invalid_argument at start-up.
class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter& GetCounter(absl::string_view name, absl::string_view help, const Labels& labels = {});
  Gauge& GetGauge(absl::string_view name, absl::string_view help, const Labels& labels = {});
  Histogram& GetHistogram(absl::string_view name, absl::string_view help,
                          const std::vector<double>& buckets, const Labels& labels = {});

  // Names of transient gauges and of callbacks are not those of other metrics.
  TransientGauge& GetTransientGauge(absl::string_view name, absl::string_view help,
                                    const Labels& labels = {});

  // A counter that somebody else keeps: `value` is asked whenever the metrics are. It is callable
  // from any thread as long as the process lives, and never falls. A gauge may fall.
  void AddCallbackCounter(absl::string_view name, absl::string_view help,
                          std::function<double()> value);
  void AddCallbackGauge(absl::string_view name, absl::string_view help,
                        std::function<double()> value);

  // Everything in Prometheus' text format.
  std::string Text() const;

 private:
  class Asked;

  friend class Exposition;
  std::vector<std::shared_ptr<prometheus::Collectable>> Collectables() const;

  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<Asked> asked_;
};

}  // namespace crm::metrics

#include "common/metrics/registry.h"

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <prometheus/collectable.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace crm::metrics {
namespace {

prometheus::Labels ToPrometheus(const Labels& labels) {
  return prometheus::Labels(labels.begin(), labels.end());
}

template <typename Builder>
auto& Family(Builder builder, absl::string_view name, absl::string_view help,
             prometheus::Registry& registry) {
  return builder.Name(std::string(name)).Help(std::string(help)).Register(registry);
}

}  // namespace

const std::vector<double>& LatencyBuckets() {
  static const auto* const kBuckets = new std::vector<double>{
      0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10};
  return *kBuckets;
}

const std::vector<double>& BatchSizeBuckets() {
  static const auto* const kBuckets =
      new std::vector<double>{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
  return *kBuckets;
}

// Collected beside the registry, which knows only counters of its own.
class Registry::CallbackCounters final : public prometheus::Collectable {
 public:
  void Add(absl::string_view name, absl::string_view help, std::function<uint64_t()> value) {
    absl::MutexLock lock(&mutex_);
    counters_.push_back({std::string(name), std::string(help), std::move(value)});
  }
  std::vector<prometheus::MetricFamily> Collect() const override {
    absl::MutexLock lock(&mutex_);
    std::vector<prometheus::MetricFamily> families;
    for (const Source& source : counters_) {
      prometheus::ClientMetric metric;
      metric.counter.value = static_cast<double>(source.value());
      families.push_back({source.name, source.help, prometheus::MetricType::Counter, {metric}});
    }
    return families;
  }

 private:
  struct Source {
    std::string name;
    std::string help;
    std::function<uint64_t()> value;
  };

  mutable absl::Mutex mutex_;
  std::vector<Source> counters_ ABSL_GUARDED_BY(mutex_);
};

Registry::Registry()
    : registry_(std::make_shared<prometheus::Registry>()),
      callback_counters_(std::make_shared<CallbackCounters>()) {}

Registry::~Registry() = default;

Counter& Registry::GetCounter(absl::string_view name, absl::string_view help,
                              const Labels& labels) {
  return Family(prometheus::BuildCounter(), name, help, *registry_).Add(ToPrometheus(labels));
}

Gauge& Registry::GetGauge(absl::string_view name, absl::string_view help, const Labels& labels) {
  return Family(prometheus::BuildGauge(), name, help, *registry_).Add(ToPrometheus(labels));
}

Histogram& Registry::GetHistogram(absl::string_view name, absl::string_view help,
                                  const std::vector<double>& buckets, const Labels& labels) {
  return Family(prometheus::BuildHistogram(), name, help, *registry_)
      .Add(ToPrometheus(labels), buckets);
}

void Registry::AddCallbackCounter(absl::string_view name, absl::string_view help,
                                  std::function<uint64_t()> value) {
  callback_counters_->Add(name, help, std::move(value));
}

std::vector<std::shared_ptr<prometheus::Collectable>> Registry::Collectables() const {
  return {registry_, callback_counters_};
}

std::string Registry::Text() const {
  std::string text;
  for (const auto& collectable : Collectables()) {
    text += prometheus::TextSerializer().Serialize(collectable->Collect());
  }
  return text;
}

}  // namespace crm::metrics

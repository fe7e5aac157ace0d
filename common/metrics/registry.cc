#include "common/metrics/registry.h"

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <prometheus/collectable.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>

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

// What is asked for its value when the metrics are: collected beside the registry, which knows only
// metrics of its own.
class Registry::Asked final : public prometheus::Collectable {
 public:
  TransientGauge& Transient(absl::string_view name, absl::string_view help, const Labels& labels) {
    absl::MutexLock lock(&mutex_);
    Family& family = FamilyOf(name, help, prometheus::MetricType::Gauge);
    std::unique_ptr<TransientGauge>& gauge = family.gauges[labels];
    if (gauge == nullptr) gauge = std::make_unique<TransientGauge>();
    return *gauge;
  }
  void Add(absl::string_view name, absl::string_view help, prometheus::MetricType type,
           std::function<double()> value) {
    absl::MutexLock lock(&mutex_);
    FamilyOf(name, help, type).callback = std::move(value);
  }
  std::vector<prometheus::MetricFamily> Collect() const override {
    absl::MutexLock lock(&mutex_);
    std::vector<prometheus::MetricFamily> families;
    for (const auto& [name, family] : families_) {
      prometheus::MetricFamily out{name, family.help, family.type, {}};
      if (family.callback) AddValue(family.callback(), {}, out);
      for (const auto& [labels, gauge] : family.gauges) {
        if (const std::optional<double> value = gauge->value()) AddValue(*value, labels, out);
      }
      if (!out.metric.empty()) families.push_back(std::move(out));
    }
    return families;
  }

 private:
  struct Family {
    std::string help;
    prometheus::MetricType type;
    std::function<double()> callback;
    std::map<Labels, std::unique_ptr<TransientGauge>> gauges;
  };

  Family& FamilyOf(absl::string_view name, absl::string_view help, prometheus::MetricType type)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    Family& family = families_[std::string(name)];
    family.help = std::string(help);
    family.type = type;
    return family;
  }
  static void AddValue(double value, const Labels& labels, prometheus::MetricFamily& out) {
    prometheus::ClientMetric metric;
    for (const auto& [name, text] : labels) metric.label.push_back({name, text});
    (out.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) =
        value;
    out.metric.push_back(std::move(metric));
  }

  mutable absl::Mutex mutex_;
  std::map<std::string, Family> families_ ABSL_GUARDED_BY(mutex_);
};

Registry::Registry()
    : registry_(std::make_shared<prometheus::Registry>()), asked_(std::make_shared<Asked>()) {}

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

TransientGauge& Registry::GetTransientGauge(absl::string_view name, absl::string_view help,
                                            const Labels& labels) {
  return asked_->Transient(name, help, labels);
}

void Registry::AddCallbackCounter(absl::string_view name, absl::string_view help,
                                  std::function<double()> value) {
  asked_->Add(name, help, prometheus::MetricType::Counter, std::move(value));
}

void Registry::AddCallbackGauge(absl::string_view name, absl::string_view help,
                                std::function<double()> value) {
  asked_->Add(name, help, prometheus::MetricType::Gauge, std::move(value));
}

std::vector<std::shared_ptr<prometheus::Collectable>> Registry::Collectables() const {
  return {registry_, asked_};
}

std::string Registry::Text() const {
  std::string text;
  for (const auto& collectable : Collectables()) {
    text += prometheus::TextSerializer().Serialize(collectable->Collect());
  }
  return text;
}

}  // namespace crm::metrics

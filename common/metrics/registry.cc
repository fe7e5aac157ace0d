#include "common/metrics/registry.h"

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

Registry::Registry() : registry_(std::make_shared<prometheus::Registry>()) {}

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

std::string Registry::Text() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

}  // namespace crm::metrics

#include "common/otlp/otlp_recorder.h"

#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_factory.h>
#include <opentelemetry/exporters/otlp/otlp_grpc_exporter_options.h>
#include <opentelemetry/sdk/common/global_log_handler.h>
#include <opentelemetry/sdk/resource/resource.h>
#include <opentelemetry/sdk/trace/batch_span_processor_factory.h>
#include <opentelemetry/sdk/trace/batch_span_processor_options.h>
#include <opentelemetry/sdk/trace/samplers/parent_factory.h>
#include <opentelemetry/sdk/trace/samplers/trace_id_ratio_factory.h>
#include <opentelemetry/sdk/trace/tracer_provider.h>
#include <opentelemetry/sdk/trace/tracer_provider_factory.h>
#include <opentelemetry/trace/propagation/http_trace_context.h>

#include <atomic>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/base/steady_clock.h"
#include "common/log/log.h"

namespace crm::otlp {
namespace {

namespace otel = ::opentelemetry;
namespace sdk = otel::sdk;
using otel::trace::propagation::HttpTraceContext;
using Links = std::vector<std::pair<otel::trace::SpanContext, std::map<std::string, std::string>>>;

// These three belong together: at the end of the process all that waits is exported in two seconds.
constexpr size_t kMostWaiting = 2048;
constexpr size_t kExportedAtOnce = 1024;
constexpr std::chrono::milliseconds kExportTime{1000};
constexpr std::chrono::milliseconds kPace{1000};

// Where the parts of a traceparent begin.
constexpr size_t kTraceId = 3, kSpanId = 36, kFlags = 53, kSize = 55;

otel::nostd::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

otel::trace::SpanContext Parse(absl::string_view text) {
  if (text.size() != kSize) return otel::trace::SpanContext::GetInvalid();
  return {HttpTraceContext::TraceIdFromHex(View(text.substr(kTraceId, 32))),
          HttpTraceContext::SpanIdFromHex(View(text.substr(kSpanId, 16))),
          HttpTraceContext::TraceFlagsFromHex(View(text.substr(kFlags, 2))), /*is_remote=*/true};
}

std::string Format(const otel::trace::SpanContext& context) {
  std::string text(kSize, '-');
  text[0] = text[1] = '0';
  context.trace_id().ToLowerBase16(otel::nostd::span<char, 32>(&text[kTraceId], 32));
  context.span_id().ToLowerBase16(otel::nostd::span<char, 16>(&text[kSpanId], 16));
  context.trace_flags().ToLowerBase16(otel::nostd::span<char, 2>(&text[kFlags], 2));
  return text;
}

otel::trace::SpanKind ToOtel(trace::Kind kind) {
  switch (kind) {
    case trace::Kind::kServer:
      return otel::trace::SpanKind::kServer;
    case trace::Kind::kClient:
      return otel::trace::SpanKind::kClient;
    case trace::Kind::kProducer:
      return otel::trace::SpanKind::kProducer;
    case trace::Kind::kConsumer:
      return otel::trace::SpanKind::kConsumer;
    case trace::Kind::kInternal:
      break;
  }
  return otel::trace::SpanKind::kInternal;
}

class OtlpSpan : public trace::SpanRecord {
 public:
  explicit OtlpSpan(otel::nostd::shared_ptr<otel::trace::Span> span) : span_(std::move(span)) {}

  std::string traceparent() const override { return Format(span_->GetContext()); }
  void Set(absl::string_view key, absl::string_view value) override {
    span_->SetAttribute(View(key), View(value));
  }
  void Set(absl::string_view key, int64_t value) override { span_->SetAttribute(View(key), value); }
  void Fail(absl::string_view what) override {
    span_->SetStatus(otel::trace::StatusCode::kError, View(what));
  }
  void End() override { span_->End(); }

 private:
  const otel::nostd::shared_ptr<otel::trace::Span> span_;
};

// What OpenTelemetry complains of, once a minute: a collector that is away is no news.
class ComplaintLog : public sdk::common::internal_log::LogHandler {
 public:
  void Handle(sdk::common::internal_log::LogLevel, const char*, int, const char* text,
              const sdk::common::AttributeMap&) noexcept override {
    using std::chrono::steady_clock;
    steady_clock::duration last = last_.load();
    const steady_clock::duration now = base::SteadyNow().ToChrono().time_since_epoch();
    if (now - last < std::chrono::minutes(1) || !last_.compare_exchange_strong(last, now)) return;
    log::Warning("spans are lost", {{"error", text == nullptr ? "" : text}});
  }

 private:
  std::atomic<std::chrono::steady_clock::duration> last_{
      std::chrono::steady_clock::duration::min() / 2};
};

std::unique_ptr<sdk::trace::SpanExporter> MakeExporter(const std::string& endpoint) {
  otel::exporter::otlp::OtlpGrpcExporterOptions options;
  options.endpoint = endpoint;
  options.use_ssl_credentials = false;
  options.timeout = kExportTime;
  options.max_threads = 1;
  return otel::exporter::otlp::OtlpGrpcExporterFactory::Create(options);
}

std::unique_ptr<sdk::trace::TracerProvider> MakeProvider(const RecorderOptions& options) {
  sdk::trace::BatchSpanProcessorOptions batches;
  batches.max_queue_size = kMostWaiting;
  batches.max_export_batch_size = kExportedAtOnce;
  batches.schedule_delay_millis = kPace;
  return sdk::trace::TracerProviderFactory::Create(
      sdk::trace::BatchSpanProcessorFactory::Create(MakeExporter(options.endpoint), batches),
      sdk::resource::Resource::Create({{"service.namespace", "crm"},
                                       {"service.name", options.service},
                                       {"service.version", options.version},
                                       {"service.instance.id", options.instance}}),
      sdk::trace::ParentBasedSamplerFactory::Create(
          sdk::trace::TraceIdRatioBasedSamplerFactory::Create(options.ratio)));
}

class OtlpRecorder : public trace::Recorder {
 public:
  explicit OtlpRecorder(const RecorderOptions& options)
      : provider_(MakeProvider(options)), tracer_(provider_->GetTracer("crm", options.version)) {}
  ~OtlpRecorder() override { provider_->Shutdown(std::chrono::seconds(2)); }

  std::unique_ptr<trace::SpanRecord> Begin(absl::string_view name,
                                           const trace::SpanOptions& options) override {
    otel::trace::StartSpanOptions start;
    start.kind = ToOtel(options.kind);
    const auto age = absl::ToChronoNanoseconds(options.age);
    start.start_system_time = absl::ToChronoTime(absl::Now()) - age;
    start.start_steady_time = base::SteadyNow().ToChrono() - age;
    if (!options.parent.empty()) start.parent = Parse(options.parent);
    Links links;
    for (const std::string& link : options.links) links.push_back({Parse(link), {}});
    auto span = tracer_->StartSpan(View(name), std::map<std::string, std::string>(), links, start);
    return span->IsRecording() ? std::make_unique<OtlpSpan>(std::move(span)) : nullptr;
  }

 private:
  const std::unique_ptr<sdk::trace::TracerProvider> provider_;
  const otel::nostd::shared_ptr<otel::trace::Tracer> tracer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<trace::Recorder>> MakeRecorder(const RecorderOptions& options) {
  using sdk::common::internal_log::GlobalLogHandler;
  using sdk::common::internal_log::LogHandler;
  GlobalLogHandler::SetLogHandler(otel::nostd::shared_ptr<LogHandler>(new ComplaintLog));
  return std::make_unique<OtlpRecorder>(options);
}

}  // namespace crm::otlp

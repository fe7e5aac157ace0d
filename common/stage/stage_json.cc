#include "common/stage/stage_json.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/stage/json_reader.h"

namespace crm::stage {
namespace {

using crm::event::v1::StageChanged;
using google::protobuf::Duration;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (uint8_t c = 0x20; c < 0x7f; ++c) plain[c] = true;
  for (const uint8_t c : {'"', '\\', '<', '>'}) plain[c] = false;
  return plain;
}();

bool IsPlain(const std::string& text) {
  bool plain = true;
  for (const char c : text) plain &= kPlain[static_cast<uint8_t>(c)];
  return plain;
}

// Plain ASCII is copied; anything that may need escaping is left to protobuf.
void AppendText(const std::string& text, std::string& out) {
  if (IsPlain(text)) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  google::protobuf::StringValue value;
  value.set_value(text);
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(value, &json).ok()) json = "\"\"";
  out += json;
}

void AppendFraction(int32_t nanos, std::string& out) {
  if (nanos == 0) return;
  int width = 9;
  for (; width > 3 && nanos % 1000 == 0; width -= 3) nanos /= 1000;
  char digits[9];
  for (int i = width - 1; i >= 0; --i, nanos /= 10) digits[i] = static_cast<char>('0' + nanos % 10);
  out += '.';
  out.append(digits, static_cast<size_t>(width));
}

// A JSON object being written; members that are at their default are left out, as proto3 JSON does.
class Object {
 public:
  explicit Object(std::string& out) : out_(out), begin_(out.size()) {}
  ~Object() { out_.append(out_.size() == begin_ ? "{}" : "}"); }

  void Text(absl::string_view name, const std::string& value) {
    if (!value.empty()) AppendText(value, Member(name));
  }
  void Texts(absl::string_view name,
             const google::protobuf::RepeatedPtrField<std::string>& values) {
    if (values.empty()) return;
    char separator = '[';
    Member(name);
    for (const std::string& value : values) {
      out_ += std::exchange(separator, ',');
      AppendText(value, out_);
    }
    out_ += ']';
  }
  void Number(absl::string_view name, int64_t value) {
    if (value != 0) absl::StrAppend(&Member(name), "\"", value, "\"");
  }
  void Percent(absl::string_view name, bool present, int32_t value) {
    if (present) absl::StrAppend(&Member(name), value);
  }
  void Flag(absl::string_view name, bool value) {
    if (value) Member(name) += "true";
  }
  void Time(absl::string_view name, bool present, const Timestamp& value) {
    if (!present) return;
    Member(name) += '"';
    AppendTimestamp(value, out_);
    out_ += '"';
  }
  void Span(absl::string_view name, bool present, const Duration& value) {
    if (present) absl::StrAppend(&Member(name), "\"", TimeUtil::ToString(value), "\"");
  }
  void Amount(absl::string_view name, bool present, const crm::type::v1::Money& value) {
    if (!present) return;
    Object money(Member(name));
    money.Text("currencyCode", value.currency_code());
    money.Number("amountMinor", value.amount_minor());
  }
  void Changes(absl::string_view name,
               const google::protobuf::RepeatedPtrField<crm::event::v1::FieldChange>& values) {
    if (values.empty()) return;
    char separator = '[';
    Member(name);
    for (const crm::event::v1::FieldChange& value : values) {
      out_ += std::exchange(separator, ',');
      Object change(out_);
      change.Text("field", value.field());
      change.Text("before", value.before());
      change.Text("after", value.after());
    }
    out_ += ']';
  }

 private:
  std::string& Member(absl::string_view name) {
    out_ += out_.size() == begin_ ? "{\"" : ",\"";
    out_.append(name.data(), name.size());
    out_ += "\":";
    return out_;
  }

  std::string& out_;
  const size_t begin_;
};

}  // namespace

void AppendTimestamp(const Timestamp& time, std::string& out) {
  // Most times of a batch lie in the same second.
  thread_local int64_t last = 0;
  thread_local std::string text;
  if (text.empty() || time.seconds() != last) {
    last = time.seconds();
    text =
        absl::FormatTime("%E4Y-%m-%dT%H:%M:%S", absl::FromUnixSeconds(last), absl::UTCTimeZone());
  }
  out += text;
  AppendFraction(time.nanos(), out);
  out += 'Z';
}

namespace {

void AppendCorrection(const StageChanged& change, Object& json) {
  json.Number("correctsVersion", change.corrects_version());
  json.Text("correctedStage", change.corrected_stage());
  json.Text("correctedStageType", change.corrected_stage_type());
  json.Text("correctedStageKey", change.corrected_stage_key());
  json.Text("correctedStageName", change.corrected_stage_name());
  json.Percent("correctedProbability", change.has_corrected_probability(),
               change.corrected_probability());
  json.Text("correctedForecastCategory", change.corrected_forecast_category());
  json.Time("supersededEffectiveTime", change.has_superseded_effective_time(),
            change.superseded_effective_time());
  json.Time("stageEnterTimeBefore", change.has_stage_enter_time_before(),
            change.stage_enter_time_before());
  json.Time("stageEnterTime", change.has_stage_enter_time(), change.stage_enter_time());
}

}  // namespace

// In the order of the fields' numbers, as protobuf prints them.
void AppendJson(const StageChanged& change, std::string& out) {
  Object json(out);
  json.Text("eventId", change.event_id());
  json.Text("type", change.type());
  json.Text("source", change.source());
  json.Text("subject", change.subject());
  json.Text("tenant", change.tenant());
  json.Number("version", change.version());
  json.Text("fromStage", change.from_stage());
  json.Text("fromStageType", change.from_stage_type());
  json.Text("toStage", change.to_stage());
  json.Text("toStageType", change.to_stage_type());
  json.Time("effectiveTime", change.has_effective_time(), change.effective_time());
  json.Time("recordedTime", change.has_recorded_time(), change.recorded_time());
  json.Span("timeInPreviousStage", change.has_time_in_previous_stage(),
            change.time_in_previous_stage());
  json.Text("actor", change.actor());
  json.Text("reason", change.reason());
  json.Flag("overridden", change.overridden());
  json.Texts("overriddenGates", change.overridden_gates());
  json.Text("contact", change.contact());
  json.Text("lead", change.lead());
  json.Text("opportunity", change.opportunity());
  json.Text("account", change.account());
  json.Amount("amountBefore", change.has_amount_before(), change.amount_before());
  json.Amount("amountAfter", change.has_amount_after(), change.amount_after());
  json.Percent("probabilityBefore", change.has_probability_before(), change.probability_before());
  json.Percent("probabilityAfter", change.has_probability_after(), change.probability_after());
  json.Text("forecastCategoryBefore", change.forecast_category_before());
  json.Text("forecastCategoryAfter", change.forecast_category_after());
  json.Text("owner", change.owner());
  json.Amount("winAmount", change.has_win_amount(), change.win_amount());
  json.Text("causationId", change.causation_id());
  json.Text("correlationId", change.correlation_id());
  json.Text("requestId", change.request_id());
  json.Text("traceparent", change.traceparent());
  json.Text("fromPipeline", change.from_pipeline());
  json.Text("toPipeline", change.to_pipeline());
  json.Text("fromStageKey", change.from_stage_key());
  json.Text("toStageKey", change.to_stage_key());
  json.Text("kind", change.kind());
  json.Text("fromStageName", change.from_stage_name());
  json.Text("toStageName", change.to_stage_name());
  json.Texts("metGates", change.met_gates());
  json.Text("expectedCloseDateBefore", change.expected_close_date_before());
  json.Text("expectedCloseDateAfter", change.expected_close_date_after());
  AppendCorrection(change, json);
  json.Texts("erased", change.erased());
  json.Text("mergedInto", change.merged_into());
  json.Number("revision", change.revision());
  json.Text("method", change.method());
  json.Changes("changes", change.changes());
}

absl::StatusOr<StageChanged> ParseJson(absl::string_view json) {
  StageChanged change;
  if (ReadPlainJson(json, change)) return change;
  change.Clear();
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(json.data(), json.size()), &change, options);
  if (!status.ok()) return absl::InvalidArgumentError("not the JSON of a stage event");
  return change;
}

}  // namespace crm::stage

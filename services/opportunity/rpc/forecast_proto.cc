#include "services/opportunity/rpc/forecast_proto.h"

#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/rpc/report_proto.h"

namespace crm::opportunity {
namespace {

v1::ForecastRowKind KindOf(ForecastReport::Kind kind) {
  switch (kind) {
    case ForecastReport::Kind::kOverdue:
      return v1::FORECAST_ROW_KIND_OVERDUE;
    case ForecastReport::Kind::kMonth:
      return v1::FORECAST_ROW_KIND_MONTH;
    case ForecastReport::Kind::kNoDate:
      return v1::FORECAST_ROW_KIND_NO_DATE;
  }
  return v1::FORECAST_ROW_KIND_UNSPECIFIED;
}

template <class Messages>
void AddValues(const ForecastValue& value, Messages& messages) {
  for (const auto& [currency, hundredths] : value.sums) {
    v1::ForecastValue& message = *messages.Add();
    message.set_currency_code(currency);
    message.set_weighted_minor(SixtyFourBits(RoundHundredths(hundredths)));
    message.set_weighted_hundredths(DecimalText(hundredths));
  }
}

void ToProto(const ForecastValue& value, const RateTable& rates, v1::ConvertedValue& message) {
  ConvertedTotal total(rates.currency(), kHundredths);
  for (const auto& [rate, hundredths] : value.by_rate) total.Add(hundredths, *rate);
  message.set_currency_code(rates.currency());
  message.set_weighted_minor(SixtyFourBits(total.Rounded()));
  message.set_weighted_hundredths(total.Text());
}

template <class Messages>
void AddDifferences(const ForecastComparison::Parts& parts, const Rates& rates,
                    Messages& messages) {
  for (const auto& [part, it] : parts) {
    v1::ForecastDifference& message = *messages.Add();
    message.set_part(static_cast<v1::ForecastPart>(part));
    message.set_count(it.count);
    AddValues(it.value, *message.mutable_values());
    if (rates) ToProto(it.value, *rates, *message.mutable_converted());
    for (const ForecastComparison::Thing& thing : it.things) {
      v1::ForecastThing& listed = *message.add_things();
      listed.set_name(OpportunityName(thing.id));
      listed.set_display_name(thing.display_name);
      AddValues(thing.value, *listed.mutable_values());
      if (rates) ToProto(thing.value, *rates, *listed.mutable_converted());
    }
  }
}

}  // namespace

void ToProto(const ForecastReport::Months::value_type& row, const Rates& rates,
             v1::ForecastRow& message) {
  const auto& [kind, month, category] = row.first;
  message.set_kind(KindOf(kind));
  message.set_month(month);
  message.set_category(static_cast<v1::ForecastCategory>(category));
  message.set_count(row.second.count);
  message.set_without_amount(row.second.sums.without_amount());
  SetSums(row.second.sums, rates, message);
}

void ToProto(const ForecastComparison& comparison, const Rates& rates,
             v1::CompareForecastsResponse& response) {
  AddValues(comparison.before(), *response.mutable_before());
  AddValues(comparison.after(), *response.mutable_after());
  if (rates) {
    ToProto(comparison.before(), *rates, *response.mutable_converted_before());
    ToProto(comparison.after(), *rates, *response.mutable_converted_after());
  }
  AddDifferences(comparison.net(), rates, *response.mutable_net());
  AddDifferences(comparison.gross(), rates, *response.mutable_gross());
}

}  // namespace crm::opportunity

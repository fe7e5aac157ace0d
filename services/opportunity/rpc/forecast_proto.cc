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
  for (const auto& [currency, hundredths] : value) {
    v1::ForecastValue& message = *messages.Add();
    message.set_currency_code(currency);
    message.set_weighted_minor(SixtyFourBits(RoundHundredths(hundredths)));
    message.set_weighted_hundredths(DecimalText(hundredths));
  }
}

template <class Messages>
void AddDifferences(const ForecastComparison::Parts& parts, Messages& messages) {
  for (const auto& [part, it] : parts) {
    v1::ForecastDifference& message = *messages.Add();
    message.set_part(static_cast<v1::ForecastPart>(part));
    message.set_count(it.count);
    AddValues(it.value, *message.mutable_values());
    for (const ForecastComparison::Thing& thing : it.things) {
      v1::ForecastThing& listed = *message.add_things();
      listed.set_name(OpportunityName(thing.id));
      listed.set_display_name(thing.display_name);
      AddValues(thing.value, *listed.mutable_values());
    }
  }
}

}  // namespace

void ToProto(const ForecastReport::Months::value_type& row, v1::ForecastRow& message) {
  const auto& [kind, month, category] = row.first;
  message.set_kind(KindOf(kind));
  message.set_month(month);
  message.set_category(static_cast<v1::ForecastCategory>(category));
  message.set_count(row.second.count);
  message.set_without_amount(row.second.sums.without_amount());
  AddSums(row.second.sums, *message.mutable_sums());
}

void ToProto(const ForecastComparison& comparison, v1::CompareForecastsResponse& response) {
  AddValues(comparison.before(), *response.mutable_before());
  AddValues(comparison.after(), *response.mutable_after());
  AddDifferences(comparison.net(), *response.mutable_net());
  AddDifferences(comparison.gross(), *response.mutable_gross());
}

}  // namespace crm::opportunity

#include "services/opportunity/store/deal_fields.h"

#include <utility>

#include "common/aggregate/attributes_json.h"
#include "common/pg/micros.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/store/opportunity_json.h"

namespace crm::opportunity {
namespace {

template <auto kMember, const auto&... kNames>
constexpr aggregate::Field<DealFacts> Fact(const char* name) {
  return aggregate::FieldOf<DealFacts, kMember, kNames...>(name);
}

constexpr aggregate::Field<DealFacts> kDealFields[] = {
    Fact<&DealFacts::display_name>("display_name"),
    Fact<&DealFacts::pipeline>("pipeline"),
    Fact<&DealFacts::stage>("stage"),
    Fact<&DealFacts::stage_type, kStageTypeNames>("stage_type"),
    Fact<&DealFacts::stage_version>("stage_version"),
    Fact<&DealFacts::owner>("owner"),
    Fact<&DealFacts::amount>("amount"),
    Fact<&DealFacts::expected_close_date>("expected_close_date"),
    Fact<&DealFacts::probability>("probability"),
    Fact<&DealFacts::category, kForecastCategoryNames>("forecast_category"),
    Fact<&DealFacts::loss_reason, kLossReasonNames>("loss_reason"),
    Fact<&DealFacts::open_time>("open_time"),
    Fact<&DealFacts::close_time>("close_time"),
    Fact<&DealFacts::stage_enter_time>("stage_enter_time"),
    Fact<&DealFacts::next_step>("next_step"),
    Fact<&DealFacts::attributes>("attributes"),
    Fact<&DealFacts::delete_time>("delete_time"),
    Fact<&DealFacts::lead_source, kLeadSourceNames>("lead_source"),
};

}  // namespace

aggregate::Fields<DealFacts> DealFieldTable() { return kDealFields; }

absl::StatusOr<Deal> ReadDeal(const pg::Row& row) {
  pg::RowReader read(row);
  Deal deal;
  deal.id = read.Uuid(0);
  DealVersion& version = deal.versions.emplace_back();
  version.revision = read.Int(1);
  version.record_time = pg::ReadMicros(read, 2);
  DealFacts& it = version.facts;
  it.display_name = read.Text(3);
  it.owner = read.Text(4);
  it.amount = read.OptionalMoney(5, 6);
  it.expected_close_date = read.OptionalDay(7);
  it.pipeline = read.Text(8);
  it.stage = read.Text(9);
  it.stage_type = read.Enum(10, kStageTypeNames);
  it.stage_version = read.Int(11);
  it.probability = static_cast<int>(read.Int(12));
  it.category = read.Enum(13, kForecastCategoryNames);
  it.loss_reason = read.OptionalEnum(14, kLossReasonNames);
  it.open_time = pg::ReadMicros(read, 15);
  it.close_time = pg::ReadOptionalMicros(read, 16);
  it.stage_enter_time = pg::ReadMicros(read, 17);
  it.next_step.text = read.Text(18);
  it.next_step.due_date = read.OptionalDay(19);
  it.attributes =
      read.OptionalParsed(20, aggregate::AttributesFromJson).value_or(DealFacts().attributes);
  it.delete_time = pg::ReadOptionalMicros(read, 21);
  it.lead_source = read.OptionalEnum(22, kLeadSourceNames).value_or(LeadSource::kUnspecified);
  if (!read.ok()) return read.Damage(OpportunityName(deal.id));
  return deal;
}

}  // namespace crm::opportunity

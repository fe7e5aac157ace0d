#include "services/opportunity/store/deal_stages.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/strip.h"
#include "common/error/error.h"
#include "common/pg/micros.h"
#include "common/pg/packed_columns.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {
namespace {

constexpr absl::string_view kPipelinePrefix = "pipelines/";
constexpr int64_t kNoDate = std::numeric_limits<int32_t>::min();

// The value that the word is of; false if it is of none.
template <class E, size_t kRows>
bool TakeWord(const base::EnumName<E> (&table)[kRows], absl::string_view word, E& value) {
  const std::optional<E> found = base::ValueOf(table, word);
  if (found) value = *found;
  return found.has_value();
}

}  // namespace

// The columns that report_statements.h packs, in its order.
struct DealChanges::Columns {
  explicit Columns(const pg::Row& row)
      : effective(row.View(2)),
        recorded(row.View(3)),
        pipelines(row.View(4)),
        stages(row.View(5)),
        types(row.View(6)) {}

  pg::PackedNumbers<8> effective, recorded;
  pg::PackedWords pipelines, stages, types;
};

struct DealChanges::MoreColumns {
  explicit MoreColumns(const pg::Row& row)
      : amounts(row.View(7)),
        currencies(row.View(8)),
        percents(row.View(9)),
        owners(row.View(10), row.View(11)),
        names(row.View(12), row.View(13)),
        keys(row.View(14)),
        categories(row.View(15)),
        reasons(row.View(16)),
        overridden(row.View(17)),
        close_dates(row.View(18)) {}

  pg::PackedNumbers<8> amounts;
  pg::PackedWords currencies;
  pg::PackedNumbers<4> percents;
  pg::PackedTexts owners, names;
  pg::PackedWords keys, categories, reasons;
  absl::string_view overridden;
  pg::PackedNumbers<4> close_dates;  // days since 2000
};

absl::Status DealChanges::ReadCorrections(const pg::Rows& rows) {
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const base::Uuid id = read.Uuid(0);
    const int64_t version = read.Int(1);
    auto correction = std::make_unique<Correction>();
    Correction& it = *correction;
    it.version = read.Int(2);
    it.stage = read.Text(3);
    it.type = read.Enum(4, kStageTypeNames);
    it.stage_key = read.Text(5);
    it.stage_name = read.Text(6);
    it.probability = static_cast<int>(read.OptionalInt(7).value_or(0));
    it.category = read.Enum(8, kForecastCategoryNames);
    it.superseded_time = read.Time(9);
    it.enter_time_before = read.Time(10);
    it.enter_time = read.Time(11);
    if (!read.ok()) return read.Damage(OpportunityName(id));
    corrections_[{id, version}] = std::move(correction);
  }
  return absl::OkStatus();
}

bool DealChanges::ReadOne(Columns& columns, DealChange& it) {
  const std::optional<absl::Time> effective = pg::TimeOfMicros(columns.effective.Next());
  const std::optional<absl::Time> recorded = pg::TimeOfMicros(columns.recorded.Next());
  if (!effective || !recorded || !columns.effective.ok() || !columns.recorded.ok()) return false;
  it.effective_time = *effective;
  it.record_time = *recorded;
  // Every opportunity was in this pipeline before there were others.
  const absl::string_view pipeline = absl::StripPrefix(columns.pipelines.Next(), kPipelinePrefix);
  it.pipeline = Kept(pipeline.empty() ? kDefaultPipeline : pipeline, pipelines_);
  it.stage_key = it.stage = Kept(columns.stages.Next(), stages_);
  return TakeWord(kStageTypeNames, columns.types.Next(), it.type);
}

bool DealChanges::ReadMore(MoreColumns& columns, DealChange& it) {
  const int64_t minor = columns.amounts.Next();
  const absl::string_view currency = columns.currencies.Next();
  if (!currency.empty()) it.amount = base::Money{std::string(currency), minor};
  it.probability = static_cast<int>(columns.percents.Next());
  if (const absl::string_view owner = columns.owners.Next(); !owner.empty()) {
    it.owner = Kept(owner, owners_);
  }
  it.stage_name = Kept(columns.names.Next(), names_);
  it.stage_key = Kept(columns.keys.Next(), keys_);
  const absl::string_view reason = columns.reasons.Next();
  if (!reason.empty() && reason != kPipelineChangedReason &&
      !TakeWord(kLossReasonNames, reason, it.loss_reason.emplace())) {
    return false;
  }
  if (columns.overridden.empty()) return false;
  it.overridden = columns.overridden.front() == 't';
  columns.overridden.remove_prefix(1);
  const int64_t days = columns.close_dates.Next();
  if (days != kNoDate) it.close_date = absl::CivilDay(2000, 1, 1) + days;
  return TakeWord(kForecastCategoryNames, columns.categories.Next(), it.category) &&
         columns.amounts.ok() && columns.percents.ok() && columns.owners.ok() &&
         columns.names.ok() && columns.close_dates.ok();
}

absl::StatusOr<std::vector<DealChange>> DealChanges::Read(const base::Uuid& id, const pg::Row& row,
                                                          bool whole) {
  Columns columns(row);
  std::optional<MoreColumns> more;
  if (whole) more.emplace(row);
  std::vector<DealChange> changes;
  changes.reserve(columns.effective.size());
  while (!columns.effective.empty()) {
    DealChange& it = changes.emplace_back();
    it.version = static_cast<int64_t>(changes.size());
    if (!ReadOne(columns, it) || (more && !ReadMore(*more, it))) {
      return error::DataDamaged(OpportunityName(id));
    }
    if (corrections_.empty()) continue;
    const auto found = corrections_.find({id, it.version});
    if (found != corrections_.end()) it.correction = found->second.get();
  }
  if (changes.empty() || pg::IntOf(row.View(1)) != static_cast<int64_t>(changes.size())) {
    return error::DataDamaged(OpportunityName(id)).Private("a stage change is missing");
  }
  return changes;
}

}  // namespace crm::opportunity

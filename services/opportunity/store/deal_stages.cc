#include "services/opportunity/store/deal_stages.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/error/error.h"
#include "common/pg/row_reader.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {
namespace {

constexpr char kNextField = '\x1f';
constexpr char kNextChange = '\x1e';

// Takes what stands before the next `separator` off `text`.
absl::string_view Take(absl::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const absl::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

// Takes the size that stands before the next separator off `text`, then so many bytes, whatever
// they are: texts that people wrote. No size is none. False for what cannot be.
bool TakeSized(absl::string_view& text, absl::string_view& taken) {
  const absl::string_view digits = Take(text, kNextField);
  size_t size = 0;
  if ((!digits.empty() && !absl::SimpleAtoi(digits, &size)) || size > text.size()) return false;
  taken = text.substr(0, size);
  text.remove_prefix(size);
  return true;
}

// A word of a table; no word where `empty` says that there may be none.
template <class E, size_t kRows>
bool TakeWord(const base::EnumName<E> (&table)[kRows], absl::string_view word, E& value) {
  const std::optional<E> found = base::ValueOf(table, word);
  if (found) value = *found;
  return found.has_value();
}

}  // namespace

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

const DealChanges::Words* DealChanges::WordsOf(absl::string_view packed) {
  if (const auto found = by_packed_.find(packed); found != by_packed_.end()) return found->second;
  const absl::string_view kept = Kept(packed);
  absl::string_view rest = kept;
  Words words;
  if (!TakeSized(rest, words.stage_name)) return nullptr;
  // Every opportunity was in this pipeline before there were others.
  words.pipeline = absl::StripPrefix(Take(rest, kNextField), "pipelines/");
  if (words.pipeline.empty()) words.pipeline = kDefaultPipeline;
  words.stage = Take(rest, kNextField);
  bool known = TakeWord(kStageTypeNames, Take(rest, kNextField), words.type);
  if (!rest.empty()) {  // the rest, where it was asked for
    words.stage_key = Take(rest, kNextField);
    known &= TakeWord(kForecastCategoryNames, Take(rest, kNextField), words.category);
    words.currency = std::string(Take(rest, kNextField));
    const absl::string_view reason = Take(rest, kNextField);
    if (!reason.empty() && reason != kPipelineChangedReason) {
      known &= TakeWord(kLossReasonNames, reason, words.loss_reason.emplace());
    }
    words.overridden = rest == "t";
  } else {
    words.stage_key = words.stage;
  }
  const Words* const it = known ? &words_.emplace_back(std::move(words)) : nullptr;
  by_packed_.emplace(kept, it);
  return it;
}

bool DealChanges::ReadOne(absl::string_view& packed, DealChange& it) {
  int64_t effective = 0;
  int64_t delay = 0;  // from then until it was recorded
  int64_t minor = 0;
  const bool timed = absl::SimpleAtoi(Take(packed, kNextField), &effective);
  const absl::string_view later = Take(packed, kNextField);
  const absl::string_view amount = Take(packed, kNextField);
  const absl::string_view percent = Take(packed, kNextField);
  absl::string_view owner;
  absl::string_view name;
  if (!timed || !TakeSized(packed, owner)) return false;
  absl::string_view behind = packed;
  if (!TakeSized(behind, name)) return false;
  const size_t words_end =
      packed.size() - behind.size() + std::min(behind.find(kNextChange), behind.size());
  const Words* const words = WordsOf(packed.substr(0, words_end));
  packed.remove_prefix(std::min(words_end + 1, packed.size()));
  if (words == nullptr || (!later.empty() && !absl::SimpleAtoi(later, &delay)) ||
      (!amount.empty() && !absl::SimpleAtoi(amount, &minor)) ||
      (!percent.empty() && !absl::SimpleAtoi(percent, &it.probability))) {
    return false;
  }
  it.pipeline = words->pipeline;
  it.stage = words->stage;
  it.stage_key = words->stage_key;
  it.stage_name = words->stage_name;
  if (!owner.empty()) it.owner = Kept(owner);
  it.type = words->type;
  it.effective_time = absl::FromUnixMicros(effective);
  it.record_time = absl::FromUnixMicros(effective + delay);
  if (!amount.empty()) it.amount = base::Money{words->currency, minor};
  it.category = words->category;
  it.loss_reason = words->loss_reason;
  it.overridden = words->overridden;
  return true;
}

absl::StatusOr<std::vector<DealChange>> DealChanges::Read(const base::Uuid& id,
                                                          const pg::Row& row) {
  std::vector<DealChange> changes;
  absl::string_view rest = row.View(1);
  changes.reserve(static_cast<size_t>(std::count(rest.begin(), rest.end(), kNextChange)) + 1);
  while (!rest.empty()) {
    DealChange& it = changes.emplace_back();
    it.version = static_cast<int64_t>(changes.size());
    if (!ReadOne(rest, it)) return error::DataDamaged(OpportunityName(id));
    if (corrections_.empty()) continue;
    const auto found = corrections_.find({id, it.version});
    if (found != corrections_.end()) it.correction = found->second.get();
  }
  if (pg::IntOf(row.View(2)) != static_cast<int64_t>(changes.size())) {
    return error::DataDamaged(OpportunityName(id)).Private("a stage change is missing");
  }
  return changes;
}

}  // namespace crm::opportunity

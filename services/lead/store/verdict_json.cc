#include "services/lead/store/verdict_json.h"

#include <cstdint>
#include <utility>

#include "absl/types/span.h"
#include "common/aggregate/number_lists.h"

namespace crm::lead {
namespace {

// As VerdictToJson writes them.
constexpr size_t kHead = 5;
constexpr size_t kResult = 5;    // more if it rests on evidence
constexpr size_t kEvidence = 8;  // then

// The value with this number; false if there is none.
template <class E, size_t kRows>
bool Set(const base::EnumName<E> (&names)[kRows], int64_t number, E& value) {
  if (!std::in_range<int>(number)) return false;
  value = static_cast<E>(number);
  return !base::NameOf(names, value).empty();
}

bool Set(int64_t number, int& value) {
  value = static_cast<int>(number);
  return std::in_range<int>(number);
}

bool Read(absl::Span<const int64_t> numbers, CriterionResult& it) {
  if (numbers.size() != kResult && numbers.size() != kEvidence) return false;
  it.required = numbers[1] != 0;
  it.stale = numbers.size() == kEvidence && numbers[5] != 0;
  return Set(kCriterionNames, numbers[0], it.criterion) && Set(numbers[2], it.weight) &&
         Set(kFindingNames, numbers[3], it.finding) && Set(numbers[4], it.contribution);
}

}  // namespace

std::optional<Verdict> VerdictFiguresFromJson(absl::string_view text) {
  const auto lists = aggregate::NumberLists::FromJson(text);
  if (!lists || lists->head().size() != kHead) return std::nullopt;
  Verdict verdict;
  const absl::Span<const int64_t> head = lists->head();
  verdict.policy_revision = head[2];
  verdict.evaluate_time = absl::FromUnixMicros(head[3]);
  verdict.results.resize(lists->size());
  bool read = Set(kVerdictOutcomeNames, head[0], verdict.outcome) && Set(head[1], verdict.score) &&
              Set(head[4], verdict.threshold);
  for (size_t i = 0; i < lists->size(); ++i) read &= Read((*lists)[i], verdict.results[i]);
  return read ? std::optional(std::move(verdict)) : std::nullopt;
}

}  // namespace crm::lead

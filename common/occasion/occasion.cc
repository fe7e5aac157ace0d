#include "common/occasion/occasion.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"

namespace crm::occasion {

absl::StatusOr<absl::Time> EffectiveTime(const Occasion& occasion,
                                         std::optional<absl::Time> previous,
                                         absl::string_view thing) {
  const absl::Time earliest = previous.value_or(absl::InfinitePast());
  if (!occasion.effective_time.has_value()) return std::max(occasion.now, earliest);
  const absl::Time wanted = *occasion.effective_time;
  if (wanted >= earliest && wanted <= occasion.now) return wanted;
  const auto text = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", time, absl::UTCTimeZone());
  };
  const std::string rule =
      wanted > occasion.now ? "must not be in the future"
                            : absl::StrCat("must not be before the previous move of the ", thing);
  error::Error refusal(absl::StatusCode::kInvalidArgument, error::kEffectiveTimeInvalid,
                       absl::StrCat("The effective time ", rule, "."));
  if (earliest > absl::InfinitePast()) refusal.With("earliest", text(earliest));
  return refusal.With("latest", text(occasion.now)).Violation("effective_time", rule);
}

}  // namespace crm::occasion

#include "common/occasion/occasion.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/error/error.h"

namespace crm::occasion {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'000'000);
constexpr absl::Duration kTick = absl::Microseconds(1);

Occasion At(std::optional<absl::Time> effective) {
  Occasion occasion;
  occasion.now = kNow;
  occasion.effective_time = effective;
  return occasion;
}

struct Case {
  const char* rule;
  std::optional<absl::Time> given;
  std::optional<absl::Time> previous;
  std::optional<absl::Time> effective;  // nothing: refused
};

TEST(EffectiveTime, IsTheGivenOneOrNowAndNeverBeforeThePreviousMove) {
  const Case cases[] = {
      {"the first move happens now", std::nullopt, std::nullopt, kNow},
      {"a later move happens now", std::nullopt, kNow - kTick, kNow},
      {"a clock that lags behind is no error", std::nullopt, kNow + kTick, kNow + kTick},
      {"a given time in the past stands", kNow - absl::Hours(1), std::nullopt,
       kNow - absl::Hours(1)},
      {"so does the very moment of the previous move", kNow - kTick, kNow - kTick, kNow - kTick},
      {"and now itself", kNow, kNow - kTick, kNow},
      {"the future is refused", kNow + kTick, std::nullopt, std::nullopt},
      {"and so is the time before the previous move", kNow - 2 * kTick, kNow - kTick, std::nullopt},
  };
  for (const Case& it : cases) {
    SCOPED_TRACE(it.rule);
    const auto time = EffectiveTime(At(it.given), it.previous, "lead");
    ASSERT_EQ(it.effective.has_value(), time.ok()) << time.status();
    if (time.ok()) {
      EXPECT_EQ(*it.effective, *time);
    } else {
      EXPECT_EQ("EFFECTIVE_TIME_INVALID", error::ReasonOf(time.status()));
    }
  }
}

TEST(EffectiveTime, TellsWhatIsAllowed) {
  const auto refused = EffectiveTime(At(kNow - 2 * kTick), kNow - kTick, "lead");
  const auto details = error::DetailsOf(refused.status());
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(1u, details->fields.size());
  EXPECT_EQ("effective_time", details->fields[0].field);
  EXPECT_EQ("must not be before the previous move of the lead", details->fields[0].description);
  const std::vector<std::pair<std::string, std::string>> bounds = {
      {"earliest", "1970-01-12T13:46:39.999999Z"}, {"latest", "1970-01-12T13:46:40Z"}};
  EXPECT_EQ(bounds, details->metadata);
}

}  // namespace
}  // namespace crm::occasion

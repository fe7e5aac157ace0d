#include "common/rpc/validation.h"

#include <google/protobuf/timestamp.pb.h>

namespace crm::rpc {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1000);
constexpr char kContactId[] = "018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e";

// The description of the only violation, "" when there is none.
std::string Of(const Validation& validation) {
  EXPECT_LE(validation.violations().size(), 1u);
  return validation.ok() ? "" : validation.violations()[0].description;
}

TEST(ValidationTest, AllViolationsComeTogether) {
  Validation v(kNow);
  v.Text("lead.owner", "", {.max = 10, .presence = kRequired})
      .Name("lead.contact", "people/1", "contacts", kRequired)
      .PageSize("page_size", -1);
  const auto details = error::DetailsOf(v.ToStatus());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(v.ToStatus().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(details->reason, "FIELD_INVALID");
  EXPECT_EQ(details->fields.size(), 3u);
  EXPECT_THAT(details->metadata, ::testing::ElementsAre(::testing::Pair(
                                     "fields", "lead.owner,lead.contact,page_size")));
  EXPECT_TRUE(Validation(kNow).ToStatus().ok());
}

TEST(ValidationTest, TextsAreMeasuredInCodePoints) {
  EXPECT_EQ(Of(Validation(kNow).Text("x", "äöü", {.max = 3})), "");
  EXPECT_EQ(Of(Validation(kNow).Text("x", "äöüß", {.max = 3})), "must be 1 to 3 characters long");
  EXPECT_EQ(Of(Validation(kNow).Text("x", "a", {.min = 2, .max = 3})),
            "must be 2 to 3 characters long");
  EXPECT_EQ(Of(Validation(kNow).Text("x", "", {.min = 2, .max = 3})), "");
  EXPECT_EQ(Of(Validation(kNow).Text("x", "", {.presence = kRequired})), "is required");
}

TEST(ValidationTest, NamesAndIds) {
  const std::string name = std::string("contacts/") + kContactId;
  EXPECT_EQ(Of(Validation(kNow).Name("x", name, "contacts", kRequired)), "");
  EXPECT_EQ(Of(Validation(kNow).Name("x", name, "leads", kRequired)),
            "must be \"leads/\" followed by a UUID");
  EXPECT_EQ(Of(Validation(kNow).Name("x", "", "leads", kOptional)), "");
  EXPECT_EQ(Of(Validation(kNow).SlugName("x", "pipelines/default", "pipelines", kRequired)), "");
  EXPECT_NE(Of(Validation(kNow).SlugName("x", "pipelines/De", "pipelines", kRequired)), "");
  EXPECT_EQ(Of(Validation(kNow).Uuid("x", kContactId, kRequired)), "");
  EXPECT_NE(Of(Validation(kNow).Uuid("x", "018f", kRequired)), "");
  EXPECT_EQ(Of(Validation(kNow).Slug("x", "default", kRequired)), "");
  EXPECT_EQ(Of(Validation(kNow).Etag("x", "12", kRequired)), "");
  EXPECT_NE(Of(Validation(kNow).Etag("x", "W/12", kOptional)), "");
  EXPECT_EQ(Of(Validation(kNow).Etag("x", "", kRequired)), "is required");
}

TEST(ValidationTest, EnumsNumbersAndCounts) {
  EXPECT_EQ(Of(Validation(kNow).Enum("x", 1, true, kRequired)), "");
  EXPECT_EQ(Of(Validation(kNow).Enum("x", 0, true, kRequired)), "is required");
  EXPECT_EQ(Of(Validation(kNow).Enum("x", 0, true, kOptional)), "");
  EXPECT_NE(Of(Validation(kNow).Enum("x", 99, false, kOptional)), "");
  EXPECT_EQ(Of(Validation(kNow).Number("x", 101, 0, 100)), "must be 0 to 100");
  EXPECT_EQ(Of(Validation(kNow).PageSize("x", -1)), "must not be negative");
  EXPECT_EQ(Of(Validation(kNow).PageSize("x", 0)), "");
  EXPECT_EQ(Of(Validation(kNow).PageSize("x", 1'000'000)), "");
  EXPECT_EQ(Of(Validation(kNow).Count("x", 11, 10)), "must have at most 10 elements");
  EXPECT_EQ(Of(Validation(kNow).Count("x", 0, 10, 1)), "must have 1 to 10 elements");
  EXPECT_EQ(Of(Validation(kNow).Present("x", false)), "is required");
}

TEST(ValidationTest, TimestampsLieInTheYears1To9999) {
  const auto check = [](int64_t seconds, int32_t nanos) {
    return Of(Validation(kNow).Timestamp("x", true, seconds, nanos, kRequired)).empty();
  };
  EXPECT_TRUE(check(-62135596800, 0));
  EXPECT_FALSE(check(-62135596801, 0));
  EXPECT_TRUE(check(253402300799, 999999999));
  EXPECT_FALSE(check(253402300800, 0));
  EXPECT_FALSE(check(0, -1));
  EXPECT_FALSE(check(0, 1'000'000'000));
  google::protobuf::Timestamp unset;
  EXPECT_EQ(Of(Validation(kNow).TimestampField("x", false, unset, kRequired)), "is required");
  EXPECT_EQ(Of(Validation(kNow).TimestampField("x", false, unset, kOptional)), "");
}

TEST(ValidationTest, DatesAreDaysOfTheCalendar) {
  const auto check = [](int year, int month, int day) {
    return Of(Validation(kNow).Date("x", true, year, month, day, kRequired)).empty();
  };
  EXPECT_TRUE(check(2028, 2, 29));
  EXPECT_FALSE(check(2027, 2, 29));
  EXPECT_FALSE(check(2027, 13, 1));
  EXPECT_FALSE(check(0, 1, 1));
  EXPECT_FALSE(check(10000, 1, 1));
  EXPECT_FALSE(check(2027, 1, 0));
  EXPECT_FALSE(check(2027, 1, 2000000000));
}

TEST(ValidationTest, MoneyNeedsACurrencyAndAnAllowedAmount) {
  EXPECT_EQ(Of(Validation(kNow).Money("x", "USD", 1054, kRequired)), "");
  EXPECT_NE(Of(Validation(kNow).Money("x", "usd", 1054, kRequired)), "");
  EXPECT_NE(Of(Validation(kNow).Money("x", "USD", -1, kRequired)), "");
  EXPECT_EQ(Of(Validation(kNow).Money("x", "USD", -1, kRequired, -5, 5)), "");
  EXPECT_EQ(Of(Validation(kNow).Money("x", "", 0, kOptional)), "");
  EXPECT_NE(Of(Validation(kNow).Money("x", "", 5, kOptional)), "");
  Validation v(kNow);
  v.Money("lead.budget", "", 0, kRequired);
  EXPECT_EQ(v.violations()[0].field, "lead.budget.currency_code");
}

TEST(ValidationTest, Emails) {
  for (const char* good : {"a@b.co", "first.last+tag@sub.example.com", "jos\xc3\xa9@example.com"}) {
    EXPECT_EQ(Of(Validation(kNow).Email("x", good, kRequired)), "") << good;
  }
  for (const char* bad : {"a", "@b.co", "a@", "a@b", "a b@c.de", "A <a@b.co>", "a@b@c.de", "a@.de",
                          "a@b..de", "a@b.de."}) {
    EXPECT_NE(Of(Validation(kNow).Email("x", bad, kRequired)), "") << bad;
  }
}

}  // namespace
}  // namespace crm::rpc

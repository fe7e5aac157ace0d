#include "common/rpc/filter.h"

#include "common/error/error.h"

namespace crm::rpc {
namespace {

const std::vector<FilterField>& Fields() {
  static const auto& fields = *new std::vector<FilterField>{
      {"state", FilterType::kEnum, {}, {"NEW", "WORKING"}},
      {"owner", FilterType::kText, {}, {}},
      {"tags", FilterType::kText, {FilterOp::kHas}, {}},
      {"create_time", FilterType::kTimestamp, {}, {}},
      {"score", FilterType::kInteger, {}, {}},
      {"open", FilterType::kBool, {}, {}},
  };
  return fields;
}

std::string Complaint(absl::string_view filter) {
  const auto result = ParseFilter(filter, Fields());
  if (result.ok()) return "accepted";
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  const auto details = error::DetailsOf(result.status());
  if (!details || details->reason != "FILTER_INVALID" || details->fields.size() != 1 ||
      details->fields[0].field != "filter") {
    return "without details";
  }
  return details->fields[0].description;
}

TEST(FilterTest, AnEmptyFilterSelectsEverything) {
  EXPECT_TRUE(ParseFilter("", Fields())->empty());
  EXPECT_TRUE(ParseFilter("  ", Fields())->empty());
}

TEST(FilterTest, TermsAreJoinedByAnd) {
  const auto conditions =
      ParseFilter("state = NEW AND owner!=\"Ann \\\"A\\\" Lee\" AND tags:vip", Fields());
  ASSERT_TRUE(conditions.ok()) << conditions.status();
  ASSERT_EQ(conditions->size(), 3u);
  EXPECT_EQ((*conditions)[0].field, "state");
  EXPECT_EQ((*conditions)[0].text, "NEW");
  EXPECT_EQ((*conditions)[1].op, FilterOp::kNotEqual);
  EXPECT_EQ((*conditions)[1].text, "Ann \"A\" Lee");
  EXPECT_EQ((*conditions)[2].op, FilterOp::kHas);
}

TEST(FilterTest, ValuesAreReadByTheTypeOfTheField) {
  const auto conditions = ParseFilter(
      "create_time>=2026-01-31T09:00:00Z AND score < -5 AND open=true AND owner=\"\"", Fields());
  ASSERT_TRUE(conditions.ok()) << conditions.status();
  EXPECT_EQ((*conditions)[0].op, FilterOp::kGreaterOrEqual);
  EXPECT_EQ((*conditions)[0].time,
            absl::FromCivil(absl::CivilSecond(2026, 1, 31, 9, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ((*conditions)[1].integer, -5);
  EXPECT_EQ((*conditions)[2].integer, 1);
  EXPECT_EQ((*conditions)[3].text, "");
}

TEST(FilterTest, AnUnknownFieldIsNamedTogetherWithTheKnownOnes) {
  const auto result = ParseFilter("colour=red", Fields());
  const auto details = error::DetailsOf(result.status());
  ASSERT_TRUE(details.has_value());
  EXPECT_THAT(details->metadata,
              ::testing::UnorderedElementsAre(
                  ::testing::Pair("field", "colour"),
                  ::testing::Pair("knownFields", "state,owner,tags,create_time,score,open")));
  EXPECT_THAT(Complaint("colour=red"), ::testing::HasSubstr("\"colour\""));
}

TEST(FilterTest, ComplaintsSayWhatIsAllowed) {
  using ::testing::HasSubstr;
  EXPECT_THAT(Complaint("state=OLD"), HasSubstr("one of NEW, WORKING"));
  EXPECT_THAT(Complaint("state<NEW"), HasSubstr("operators = !="));
  EXPECT_THAT(Complaint("tags=vip"), HasSubstr("operators :"));
  EXPECT_THAT(Complaint("create_time>yesterday"), HasSubstr("2026-01-31T09:00:00Z"));
  EXPECT_THAT(Complaint("create_time>infinite-future"), HasSubstr("must be a time"));
  EXPECT_THAT(Complaint("score=abc"), HasSubstr("whole number"));
  EXPECT_THAT(Complaint("open=yes"), HasSubstr("true or false"));
  EXPECT_THAT(Complaint("owner"), HasSubstr("operator must follow"));
  EXPECT_THAT(Complaint("owner="), HasSubstr("word or a text in double quotes"));
  EXPECT_THAT(Complaint("owner=\"open"), HasSubstr("double quotes"));
  EXPECT_THAT(Complaint("owner=a owner=b"), HasSubstr("joined by AND"));
  EXPECT_THAT(Complaint("owner=a OR owner=b"), HasSubstr("joined by AND"));
  EXPECT_THAT(Complaint("owner=a AND"), HasSubstr("follow AND"));
  EXPECT_THAT(Complaint("= 5"), HasSubstr("field operator value"));
  EXPECT_THAT(Complaint(std::string(2001, ' ')), HasSubstr("at most 2000 bytes"));
}

TEST(FilterTest, AtMostTwentyTerms) {
  std::string filter = "score=0";
  for (int i = 1; i < 20; ++i) filter += " AND score=0";
  EXPECT_EQ(Complaint(filter), "accepted");
  EXPECT_THAT(Complaint(filter + " AND score=0"), ::testing::HasSubstr("at most 20 terms"));
}

}  // namespace
}  // namespace crm::rpc

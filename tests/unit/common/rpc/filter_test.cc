#include "common/rpc/filter.h"

#include "absl/strings/ascii.h"
#include "common/error/error.h"

namespace crm::rpc {
namespace {

using listing::FieldType;
using listing::Operator;

constexpr absl::string_view kStates[] = {"NEW", "WORKING"};

std::string Shout(absl::string_view text) { return absl::AsciiStrToUpper(text); }

constexpr listing::Field kFields[] = {
    {.name = "state", .type = FieldType::kEnum, .column = "state", .values = kStates},
    {.name = "owner", .column = "owner"},
    {.name = "code", .column = "code", .normalize = Shout},
    {.name = "create_time",
     .type = FieldType::kTime,
     .column = "create_time",
     .operators = listing::kFromTo},
    {.name = "lead", .type = FieldType::kName, .column = "lead", .collection = "leads"},
    {.name = "pipeline",
     .type = FieldType::kSlugName,
     .column = "pipeline",
     .collection = "pipelines"},
};

std::string Complaint(absl::string_view filter) {
  const auto result = ParseFilter(filter, kFields);
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
  EXPECT_TRUE(ParseFilter("", kFields)->empty());
  EXPECT_TRUE(ParseFilter("  ", kFields)->empty());
}

TEST(FilterTest, TermsAreJoinedByAnd) {
  const auto two = ParseFilter("state = NEW AND owner=\"Ann \\\"A\\\" Lee\"", kFields);
  ASSERT_TRUE(two.ok()) << two.status();
  ASSERT_EQ(two->size(), 2u);
  EXPECT_EQ((*two)[0].field->name, "state");
  EXPECT_EQ((*two)[0].op, Operator::kEqual);
  EXPECT_EQ(std::get<std::string>((*two)[0].value), "NEW");
  EXPECT_EQ(std::get<std::string>((*two)[1].value), "Ann \"A\" Lee");
}

TEST(FilterTest, ValuesAreReadByTheTypeOfTheField) {
  const auto conditions = ParseFilter(
      "create_time>=2026-01-31T09:00:00Z AND lead = leads/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e "
      "AND pipeline=pipelines/default AND code=abc AND owner=\"\"",
      kFields);
  ASSERT_TRUE(conditions.ok()) << conditions.status();
  EXPECT_EQ((*conditions)[0].op, Operator::kGreaterOrEqual);
  EXPECT_EQ(std::get<absl::Time>((*conditions)[0].value),
            absl::FromCivil(absl::CivilSecond(2026, 1, 31, 9, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ(std::get<base::Uuid>((*conditions)[1].value),
            *base::Uuid::Parse("018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e"));
  EXPECT_EQ(std::get<std::string>((*conditions)[2].value), "default");
  EXPECT_EQ(std::get<std::string>((*conditions)[3].value), "ABC");
  EXPECT_EQ(std::get<std::string>((*conditions)[4].value), "");
}

TEST(FilterTest, AnUnknownFieldIsNamedTogetherWithTheKnownOnes) {
  const auto result = ParseFilter("colour=red", kFields);
  const auto details = error::DetailsOf(result.status());
  ASSERT_TRUE(details.has_value());
  EXPECT_THAT(details->metadata,
              ::testing::UnorderedElementsAre(
                  ::testing::Pair("field", "colour"),
                  ::testing::Pair("knownFields", "state,owner,code,create_time,lead,pipeline")));
  EXPECT_THAT(Complaint("colour=red"), ::testing::HasSubstr("\"colour\""));
}

TEST(FilterTest, ComplaintsSayWhatIsAllowed) {
  using ::testing::HasSubstr;
  EXPECT_THAT(Complaint("state=OLD"), HasSubstr("one of NEW, WORKING"));
  EXPECT_THAT(Complaint("state<NEW"), HasSubstr("operators ="));
  EXPECT_THAT(Complaint("owner!=x"), HasSubstr("operators ="));
  EXPECT_THAT(Complaint("owner:x"), HasSubstr("operators ="));
  EXPECT_THAT(Complaint("create_time>2026-01-31T09:00:00Z"), HasSubstr("operators >= <="));
  EXPECT_THAT(Complaint("create_time>=yesterday"), HasSubstr("2026-01-31T09:00:00Z"));
  EXPECT_THAT(Complaint("create_time>=infinite-future"), HasSubstr("must be a time"));
  EXPECT_THAT(Complaint("create_time>=10000-01-01T00:00:00Z"), HasSubstr("must be a time"));
  EXPECT_THAT(Complaint("lead=leads/7"), HasSubstr("\"lead\" must be \"leads/{uuid}\""));
  EXPECT_THAT(Complaint("lead=contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e"),
              HasSubstr("\"leads/{uuid}\""));
  EXPECT_THAT(Complaint("pipeline=default"), HasSubstr("\"pipelines/{id}\""));
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
  std::string filter = "owner=a";
  for (int i = 1; i < 20; ++i) filter += " AND owner=a";
  EXPECT_EQ(Complaint(filter), "accepted");
  EXPECT_THAT(Complaint(filter + " AND owner=a"), ::testing::HasSubstr("at most 20 terms"));
}

}  // namespace
}  // namespace crm::rpc

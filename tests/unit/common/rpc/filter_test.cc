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
    listing::EnumField("state", kStates),
    listing::TextField("owner"),
    {.name = "code", .column = "code", .normalize = Shout},
    listing::kCreateTimeField,
    listing::NameField("lead", "leads", listing::kExactOrSet),
    {.name = "pipeline",
     .type = FieldType::kSlugName,
     .column = "pipeline",
     .collection = "pipelines"},
    {.name = "day", .type = FieldType::kDay, .column = "d", .operators = listing::kRange},
    {.name = "size", .type = FieldType::kNumber, .column = "n", .operators = listing::kRange},
    {.name = "age", .type = FieldType::kDays, .column = "a", .operators = listing::kOrder},
    {.name = "late", .type = FieldType::kBool, .column = "l"},
    {.name = "price", .type = FieldType::kMoney, .column = "p", .operators = listing::kOrder},
    {.name = "labels", .type = FieldType::kMap, .column = "m", .operators = listing::kExact},
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
  EXPECT_EQ(std::get<std::string>((*two)[0].values[0]), "NEW");
  EXPECT_EQ(std::get<std::string>((*two)[1].values[0]), "Ann \"A\" Lee");
}

TEST(FilterTest, ValuesAreReadByTheTypeOfTheField) {
  const auto conditions = ParseFilter(
      "create_time>=2026-01-31T09:00:00Z AND lead = leads/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e "
      "AND pipeline=pipelines/default AND code=abc AND owner=\"\"",
      kFields);
  ASSERT_TRUE(conditions.ok()) << conditions.status();
  EXPECT_EQ((*conditions)[0].op, Operator::kGreaterOrEqual);
  EXPECT_EQ(std::get<absl::Time>((*conditions)[0].values[0]),
            absl::FromCivil(absl::CivilSecond(2026, 1, 31, 9, 0, 0), absl::UTCTimeZone()));
  EXPECT_EQ(std::get<base::Uuid>((*conditions)[1].values[0]),
            *base::Uuid::Parse("018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e"));
  EXPECT_EQ(std::get<std::string>((*conditions)[2].values[0]), "default");
  EXPECT_EQ(std::get<std::string>((*conditions)[3].values[0]), "ABC");
  EXPECT_EQ(std::get<std::string>((*conditions)[4].values[0]), "");
}

TEST(FilterTest, AnUnknownFieldIsNamedTogetherWithTheKnownOnes) {
  const auto result = ParseFilter("colour=red", kFields);
  const auto details = error::DetailsOf(result.status());
  ASSERT_TRUE(details.has_value());
  EXPECT_THAT(details->metadata,
              ::testing::UnorderedElementsAre(
                  ::testing::Pair("column", "1"), ::testing::Pair("field", "colour"),
                  ::testing::Pair("knownFields",
                                  "state,owner,code,create_time,lead,pipeline,day,size,"
                                  "age,late,price,labels.{key}")));
  EXPECT_THAT(Complaint("colour=red"), ::testing::HasSubstr("\"colour\""));
}

std::vector<listing::Value> Values(absl::string_view filter) {
  const auto conditions = ParseFilter(filter, kFields);
  EXPECT_TRUE(conditions.ok()) << filter << ": " << conditions.status();
  return conditions.ok() ? conditions->at(0).values : std::vector<listing::Value>();
}

absl::Time Midnight(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

TEST(FilterTest, EveryTypeHasItsValues) {
  using ::testing::ElementsAre;
  using V = listing::Value;
  EXPECT_THAT(Values("create_time < 2026-01-31"), ElementsAre(V(Midnight(2026, 1, 31))));
  EXPECT_THAT(Values("create_time < \"2026-01-31T01:00:00+01:00\""),
              ElementsAre(V(Midnight(2026, 1, 31))));
  EXPECT_THAT(Values("day=2026-02-28"), ElementsAre(V(absl::CivilDay(2026, 2, 28))));
  EXPECT_THAT(Values("size != -7"), ElementsAre(V(int64_t{-7})));
  EXPECT_THAT(Values("age>=30"), ElementsAre(V(int64_t{30})));
  EXPECT_THAT(Values("late = false"), ElementsAre(V(false)));
  EXPECT_THAT(Values("price > \"105400 USD\""), ElementsAre(V(base::Money{"USD", 105400})));
  EXPECT_THAT(Values("price > 105400USD"), ElementsAre(V(base::Money{"USD", 105400})));
  EXPECT_THAT(Values("owner = \"Ä \\\\ \\\" b\""), ElementsAre(V(std::string("Ä \\ \" b"))));
  EXPECT_THAT(Values("owner IN (a,\"b c\" , d)"),
              ElementsAre(V(std::string("a")), V(std::string("b c")), V(std::string("d"))));
  EXPECT_THAT(Values("lead:*"), ElementsAre());
}

TEST(FilterTest, AMapsKeyFollowsItsName) {
  const auto conditions = ParseFilter("labels.region_2 != north", kFields);
  ASSERT_TRUE(conditions.ok()) << conditions.status();
  EXPECT_EQ((*conditions)[0].key, "region_2");
  EXPECT_EQ((*conditions)[0].op, Operator::kNotEqual);
  EXPECT_EQ((*conditions)[0].field->name, "labels");
}

TEST(FilterTest, ComplaintsSayWhatIsAllowed) {
  using ::testing::HasSubstr;
  EXPECT_THAT(Complaint("state=OLD"), HasSubstr("one of NEW, WORKING"));
  EXPECT_THAT(Complaint("state<NEW"), HasSubstr("operators = != IN (…)"));
  EXPECT_THAT(Complaint("code!=x"), HasSubstr("operators ="));
  EXPECT_THAT(Complaint("owner:x"), HasSubstr("operators ="));
  EXPECT_THAT(Complaint("lead:x"), HasSubstr("only * may stand"));
  EXPECT_THAT(Complaint("create_time=2026-01-31T09:00:00Z"), HasSubstr("operators < <= > >="));
  EXPECT_THAT(Complaint("create_time>=yesterday"), HasSubstr("2026-01-31T09:00:00Z"));
  EXPECT_THAT(Complaint("create_time>=infinite-future"), HasSubstr("must be a time"));
  EXPECT_THAT(Complaint("create_time>=10000-01-01T00:00:00Z"), HasSubstr("must be a time"));
  EXPECT_THAT(Complaint("day=2026-02-30"), HasSubstr("a date such as 2026-01-31"));
  EXPECT_THAT(Complaint("day=2026-1-31"), HasSubstr("a date such as"));
  EXPECT_THAT(Complaint("day=0000-01-31"), HasSubstr("a date such as"));
  EXPECT_THAT(Complaint("size=1.5"), HasSubstr("a whole number"));
  EXPECT_THAT(Complaint("size=9223372036854775808"), HasSubstr("a whole number"));
  EXPECT_THAT(Complaint("age>-1"), HasSubstr("days, at most 36500"));
  EXPECT_THAT(Complaint("late=maybe"), HasSubstr("true or false"));
  EXPECT_THAT(Complaint("price>5"), HasSubstr("minor units and a currency"));
  EXPECT_THAT(Complaint("price>5XXX"), HasSubstr("minor units and a currency"));
  EXPECT_THAT(Complaint("price>-5EUR"), HasSubstr("minor units and a currency"));
  EXPECT_THAT(Complaint("labels=x"), HasSubstr("labels.{key}"));
  EXPECT_THAT(Complaint("labels.Region=x"), HasSubstr("[a-z0-9_]"));
  EXPECT_THAT(Complaint("lead=leads/7"), HasSubstr("\"lead\" must be \"leads/{uuid}\""));
  EXPECT_THAT(Complaint("lead=contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e"),
              HasSubstr("\"leads/{uuid}\""));
  EXPECT_THAT(Complaint("pipeline=default"), HasSubstr("\"pipelines/{id}\""));
  EXPECT_THAT(Complaint("owner"), HasSubstr("operator must follow"));
  EXPECT_THAT(Complaint("owner="), HasSubstr("word or a text in double quotes"));
  EXPECT_THAT(Complaint("owner=\"open"), HasSubstr("double quotes"));
  EXPECT_THAT(Complaint("owner=\"a\\n\""), HasSubstr("backslash"));
  EXPECT_THAT(Complaint("owner=50%"), HasSubstr("letters, digits and _ . - / @ : +"));
  EXPECT_THAT(Complaint("owner IN a"), HasSubstr("IN must be followed by ("));
  EXPECT_THAT(Complaint("owner IN ()"), HasSubstr("word or a text in double quotes"));
  EXPECT_THAT(Complaint("owner IN (a b)"), HasSubstr(", or ) must follow"));
  EXPECT_THAT(Complaint("owner=a owner=b"), HasSubstr("joined by AND"));
  EXPECT_THAT(Complaint("owner=a OR owner=b"), HasSubstr("joined by AND"));
  EXPECT_THAT(Complaint("owner=a ANDowner=b"), HasSubstr("joined by AND"));
  EXPECT_THAT(Complaint("owner=a AND"), HasSubstr("follow AND"));
  EXPECT_THAT(Complaint("= 5"), HasSubstr("field operator value"));
  EXPECT_THAT(Complaint(std::string(2001, ' ')), HasSubstr("at most 2000 bytes"));
}

TEST(FilterTest, ComplaintsSayInWhichColumn) {
  const std::pair<const char*, int> kCases[] = {
      {"colour=red", 1},      {"  colour=red", 3},          {"owner=a AND colour=red", 13},
      {"owner ~ a", 7},       {"owner = \"a\" OR x=y", 13}, {"owner=\"ÄÖ\" AND x=1", 16},
      {"state = OLD", 9},     {"owner IN (a, %)", 14},      {"owner=a%b", 8},
      {"owner=\"a\\nb\"", 9}, {"owner IN (a", 12},          {"owner=a AND", 12},
      {"lead : x", 8}};
  for (const auto& [filter, column] : kCases) {
    const auto details = error::DetailsOf(ParseFilter(filter, kFields).status());
    ASSERT_TRUE(details.has_value()) << filter;
    EXPECT_THAT(details->metadata,
                ::testing::Contains(::testing::Pair(std::string("column"), std::to_string(column))))
        << filter;
    EXPECT_THAT(details->fields[0].description,
                ::testing::StartsWith("column " + std::to_string(column) + ": "))
        << filter;
  }
}

TEST(FilterTest, AListHasAtMostAHundredValues) {
  std::string list = "a";
  for (int i = 1; i < 100; ++i) list += ",a";
  EXPECT_EQ(Complaint("owner IN (" + list + ")"), "accepted");
  EXPECT_THAT(Complaint("owner IN (" + list + ",a)"), ::testing::HasSubstr("at most 100"));
}

TEST(FilterTest, AtMostTwentyTerms) {
  std::string filter = "owner=a";
  for (int i = 1; i < 20; ++i) filter += " AND owner=a";
  EXPECT_EQ(Complaint(filter), "accepted");
  EXPECT_THAT(Complaint(filter + " AND owner=a"), ::testing::HasSubstr("at most 20 terms"));
}

}  // namespace
}  // namespace crm::rpc

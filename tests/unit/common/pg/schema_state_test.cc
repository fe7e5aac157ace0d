#include "common/pg/schema_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace crm::pg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Migration Numbered(int number, int oldest_program = 0) {
  return {number, "m", absl::StrCat("SELECT ", number), oldest_program};
}

// Module "demo" with the migrations 1 to `head`.
std::vector<MigrationSet> Sets(int head, std::optional<int> minimum = std::nullopt) {
  MigrationSet set{"demo", {}, minimum};
  for (int number = 1; number <= head; ++number) set.migrations.push_back(Numbered(number));
  return {set};
}

// A schema with the migrations 1 to `head` of "demo", the last of them with that oldest program.
Applied Schema(int head, int oldest_program = 0) {
  Applied applied;
  for (int number = 1; number <= head; ++number) {
    applied[{"demo", number}] = {Checksum(Numbered(number)), number == head ? oldest_program : 0};
  }
  return applied;
}

TEST(Compare, TellsHowTheSchemaStands) {
  EXPECT_EQ(Compare(Schema(2), Sets(2)).state, SchemaState::kAtHead);
  EXPECT_EQ(Compare(Schema(3), Sets(2)).state, SchemaState::kNewer);
  const SchemaReport behind = Compare(Schema(1), Sets(3));
  EXPECT_EQ(behind.state, SchemaState::kBehind);
  EXPECT_THAT(behind.missing, ElementsAre("demo/0002_m", "demo/0003_m"));
  EXPECT_THAT(behind.problem, IsEmpty());
}

TEST(Compare, AChangedMigrationIsTheWorst) {
  Applied applied = Schema(3);
  applied[{"demo", 1}].checksum = "another";
  const SchemaReport report = Compare(applied, Sets(2));
  EXPECT_EQ(report.state, SchemaState::kChanged);
  EXPECT_THAT(report.problem, HasSubstr("demo/0001"));
}

TEST(Compare, AnUnknownModuleIsNewer) {
  Applied applied = Schema(2);
  applied[{"other", 1}] = {};
  EXPECT_EQ(Compare(applied, Sets(2)).state, SchemaState::kNewer);
}

// Every pair of a program that knows up to 3 and a schema.
TEST(CanServe, EachSchemaAgainstEachMinimumAndOldestProgram) {
  for (int schema = 0; schema <= 3; ++schema) {
    EXPECT_EQ(CanServe(Schema(schema), Sets(3)).ok(), schema == 3) << schema;
    for (int minimum = 0; minimum <= 3; ++minimum) {
      EXPECT_EQ(CanServe(Schema(schema), Sets(3, minimum)).ok(), schema >= minimum)
          << schema << " " << minimum;
    }
  }
  for (int schema = 4; schema <= 6; ++schema) {
    for (int oldest = 0; oldest <= schema; ++oldest) {
      EXPECT_EQ(CanServe(Schema(schema, oldest), Sets(3, 2)).ok(), oldest <= 3)
          << schema << " " << oldest;
    }
  }
}

TEST(CanServe, NamesWhatIsMissingOrTooNew) {
  EXPECT_THAT(CanServe(Schema(1), Sets(3, 2)).message(), HasSubstr("demo/0002_m is not applied"));
  EXPECT_THAT(CanServe(Schema(5, 4), Sets(3)).message(), HasSubstr("demo/0005 needs programs"));
}

TEST(CanServe, AModuleOfANewerProgramIsNoMatter) {
  Applied applied = Schema(2);
  applied[{"other", 1}] = {};
  EXPECT_TRUE(CanServe(applied, Sets(2)).ok());
}

}  // namespace
}  // namespace crm::pg

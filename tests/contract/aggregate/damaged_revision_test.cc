// A revision that cannot be read is DATA_LOSS of its thing alone.

#include "tests/contract/aggregate/revision_fixture.h"
#include "tests/contract/damaged_rows.h"

namespace crm::testing {
namespace {

constexpr Damage kDamages[] = {
    {"NoJson", "changes = '['"},
    {"NoList", "changes = '{}'"},
    {"AChangeThatIsNoList", "changes = '[7]'"},
    {"AChangeWithoutAField", "changes = '[[]]'"},
    {"AChangeWithoutItsEnd", "changes = '[[\"text\",\"a\"]]'"},
    {"AValueOfAnotherType", "changes = '[[\"text\",7,\"b\"]]'"},
    {"ANumberBeyondAnyRange", "changes = '[[\"stage_version\",1e999,2]]'"},
    {"NoTime", "record_time = 'infinity'"},
    {"NoActor", "actor = NULL"},
};

class DamagedRevision : public Revisions, public ::testing::WithParamInterface<Damage> {};

TEST_P(DamagedRevision, IsDataLossOfItsThingAlone) {
  Seed(1, "a");
  Seed(2, "z");
  WriteEach(1, {"b", "c"});
  WriteEach(2, {"y"});
  Sql(absl::StrCat("ALTER TABLE revision ALTER actor DROP NOT NULL; UPDATE revision SET ",
                   GetParam().set, " WHERE revision = 2 AND id = '", Id(1).ToString(), "'"));
  const std::string name = NoteName({"acme", Id(1)});
  ExpectDamaged(AsOf(1, 1).status(), name);
  ExpectDamaged(Read(1).status(), name);
  EXPECT_EQ(AsOf(1, 3).value(), "c r3 00:02");
  EXPECT_EQ(AsOf(2, 1).value(), "z r1 00:00");
  WriteEach(1, {"goes on"});
}

INSTANTIATE_TEST_SUITE_P(Revisions, DamagedRevision, ::testing::ValuesIn(kDamages),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace crm::testing

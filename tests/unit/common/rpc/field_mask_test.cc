#include "common/rpc/field_mask.h"

#include "tests/support/proto/probe.pb.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr MaskPath kTable[] = {
    {"name", Mutability::kImmutable}, {"owner"}, {"tags"}, {"home"}, {"note"}};

google::protobuf::FieldMask Mask(std::vector<std::string> paths) {
  google::protobuf::FieldMask mask;
  for (auto& path : paths) mask.add_paths(path);
  return mask;
}

probe::v1::Probe Thing() {
  probe::v1::Probe thing;
  thing.set_name("probes/2");
  thing.set_owner("bob");
  thing.add_tags("new");
  thing.set_size(9);
  return thing;
}

TEST(FieldMaskTest, NamedFieldsAreWrittenWhetherSetOrNot) {
  EXPECT_THAT(MaskedPaths(Mask({"owner", "home"}), kTable, Thing()), ElementsAre("owner", "home"));
}

TEST(FieldMaskTest, AnEmptyMaskWritesTheMutableFieldsThatAreSet) {
  EXPECT_THAT(MaskedPaths({}, kTable, Thing()), ElementsAre("owner", "tags"));
}

TEST(FieldMaskTest, AStarWritesEveryMutableField) {
  EXPECT_THAT(MaskedPaths(Mask({"*"}), kTable, Thing()),
              ElementsAre("owner", "tags", "home", "note"));
  Validation v(absl::InfinitePast());
  CheckMask(Mask({"*"}), kTable, Thing(), v);
  EXPECT_TRUE(v.ok());
}

TEST(FieldMaskTest, EveryForbiddenPathIsNamed) {
  const std::pair<const char*, const char*> forbidden[] = {
      {"name", "cannot change after creation"},          {"size", "only the server sets"},
      {"colour", "allowed are owner, tags, home, note"}, {"home.colour", "does not know the path"},
      {"home.label", "name the whole field \"home\""},   {"", "does not know the path"},
  };
  google::protobuf::FieldMask mask = Mask({"owner"});
  for (const auto& [path, problem] : forbidden) mask.add_paths(path);
  Validation v(absl::InfinitePast());
  CheckMask(mask, kTable, Thing(), v);
  ASSERT_EQ(v.violations().size(), std::size(forbidden));
  for (size_t i = 0; i < std::size(forbidden); ++i) {
    EXPECT_EQ(v.violations()[i].field, "update_mask");
    EXPECT_THAT(v.violations()[i].description, HasSubstr(forbidden[i].second));
  }
}

}  // namespace
}  // namespace crm::rpc

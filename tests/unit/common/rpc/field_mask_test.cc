#include "common/rpc/field_mask.h"

#include "common/error/error.h"
#include "tests/support/proto/probe.pb.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

const std::vector<MaskPath> kTable = {
    {"name", Mutability::kImmutable}, {"owner", Mutability::kMutable},
    {"tags", Mutability::kMutable},   {"home", Mutability::kMutable},
    {"note", Mutability::kMutable},   {"size", Mutability::kOutputOnly}};

google::protobuf::FieldMask Mask(std::vector<std::string> paths) {
  google::protobuf::FieldMask mask;
  for (auto& path : paths) mask.add_paths(path);
  return mask;
}

class FieldMaskTest : public ::testing::Test {
 protected:
  FieldMaskTest() {
    to_.set_name("probes/1");
    to_.set_owner("ann");
    to_.add_tags("old");
    to_.set_size(7);
    to_.mutable_home()->set_address("here");
    to_.mutable_home()->set_label("home");
    from_.set_name("probes/2");
    from_.set_owner("bob");
    from_.add_tags("new");
    from_.set_size(9);
  }
  probe::v1::Probe from_;
  probe::v1::Probe to_;
};

TEST_F(FieldMaskTest, OnlyNamedFieldsAreWritten) {
  ASSERT_TRUE(ApplyMask(Mask({"owner"}), kTable, from_, &to_).ok());
  EXPECT_EQ(to_.owner(), "bob");
  EXPECT_EQ(to_.tags(0), "old");
}

TEST_F(FieldMaskTest, ANamedFieldThatIsUnsetIsCleared) {
  from_.clear_owner();
  ASSERT_TRUE(ApplyMask(Mask({"owner", "home"}), kTable, from_, &to_).ok());
  EXPECT_EQ(to_.owner(), "");
  EXPECT_FALSE(to_.has_home());
}

TEST_F(FieldMaskTest, ListsAreReplacedAndPathsMayGoDeeper) {
  from_.mutable_home()->set_address("there");
  ASSERT_TRUE(ApplyMask(Mask({"tags", "home.address"}), kTable, from_, &to_).ok());
  EXPECT_THAT(to_.tags(), ElementsAre("new"));
  EXPECT_EQ(to_.home().address(), "there");
  EXPECT_EQ(to_.home().label(), "home");
}

TEST_F(FieldMaskTest, AnEmptyMaskWritesTheMutableFieldsThatAreSet) {
  const auto paths = ApplyMask({}, kTable, from_, &to_);
  EXPECT_THAT(*paths, UnorderedElementsAre("owner", "tags"));
  EXPECT_EQ(to_.name(), "probes/1");
  EXPECT_EQ(to_.size(), 7);
  EXPECT_TRUE(to_.has_home());
}

TEST_F(FieldMaskTest, AStarReplacesEveryMutableField) {
  ASSERT_TRUE(ApplyMask(Mask({"*"}), kTable, from_, &to_).ok());
  EXPECT_EQ(to_.name(), "probes/1");
  EXPECT_EQ(to_.owner(), "bob");
  EXPECT_FALSE(to_.has_home());
}

TEST_F(FieldMaskTest, EveryForbiddenPathIsNamed) {
  const auto before = to_.SerializeAsString();
  const auto result =
      ApplyMask(Mask({"owner", "name", "size", "colour", "home.colour"}), kTable, from_, &to_);
  const auto details = error::DetailsOf(result.status());
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->fields.size(), 4u);
  EXPECT_EQ(details->reason, "FIELD_INVALID");
  EXPECT_EQ(details->fields[0].field, "update_mask");
  EXPECT_THAT(details->fields[0].description, HasSubstr("cannot change after creation"));
  EXPECT_THAT(details->fields[1].description, HasSubstr("only the server sets"));
  EXPECT_THAT(details->fields[2].description, HasSubstr("allowed are owner, tags, home, note"));
  EXPECT_EQ(to_.SerializeAsString(), before);
}

}  // namespace
}  // namespace crm::rpc

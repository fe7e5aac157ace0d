#include "clients/crmctl/import/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "common/error/error.h"

namespace crm::crmctl {
namespace {

using testing::UnorderedElementsAre;

std::vector<std::string> FieldsWrongIn(absl::string_view json) {
  const absl::StatusOr<Mapping> mapping = Mapping::Parse(json);
  std::vector<std::string> fields;
  if (mapping.ok()) return fields;
  const auto details = error::DetailsOf(mapping.status());
  if (!details) return {mapping.status().ToString()};
  for (const auto& each : details->fields) fields.push_back(each.field);
  return fields;
}

TEST(MappingTest, ReadsTheOnesThatShip) {
  const std::string folder = std::string(std::getenv("CRM_SOURCE_DIR")) + "/clients/crmctl/";
  std::vector<std::string> paths = {folder + "sample/sample.json"};
  for (const auto& entry : std::filesystem::directory_iterator(folder + "mappings")) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path().string());
  }
  EXPECT_GE(paths.size(), 9u);
  for (const std::string& path : paths) {
    const absl::StatusOr<Mapping> mapping = Mapping::Read(path);
    EXPECT_TRUE(mapping.ok()) << path << ": " << mapping.status();
  }
}

TEST(MappingTest, TakesCommentsAndShortFields) {
  const absl::StatusOr<Mapping> mapping = Mapping::Parse(R"({
    // a comment
    "name": "x", "loss_note": "gone", "pipeline": "pipelines/old",
    "files": [{"entity": "organization", "file": "c.csv", "key": "k", "fields": {
      "display_name": "k",
      "industry": {"column": "s", "values": {"a": "b"}, "default": "none"},
      "annual_revenue": {"column": "r", "currency": "USD", "scale": 1000}}}]})");
  ASSERT_TRUE(mapping.ok()) << mapping.status();
  EXPECT_EQ(mapping->override_reason, "imported");
  EXPECT_EQ(mapping->loss_note, "gone");
  EXPECT_EQ(mapping->pipeline, "pipelines/old");
  const FileMapping& file = mapping->files[0];
  EXPECT_EQ(file.label, "c.csv");
  EXPECT_EQ(file.fields.at("display_name").text, "k");
  EXPECT_EQ(*file.fields.at("industry").words.Find("A"), "b");
  EXPECT_EQ(file.fields.at("industry").fallback, "none");
  EXPECT_EQ(file.fields.at("annual_revenue").scale, 1000);
}

TEST(MappingTest, ReportsEveryProblemAtOnce) {
  EXPECT_THAT(
      FieldsWrongIn(R"({"nme": "x", "loss_note": 7, "files": [
        {"entity": "company", "file": "c.csv", "key": "k", "fields": {}},
        {"entity": "organization", "file": "", "fields": {
          "industry": {"column": "a", "constant": "b"},
          "location": {"colum": "a"},
          "colour": "c",
          "annual_revenue": {"column": "r", "currency": "XYZ", "scale": 0},
          "owner": {"column": "o", "scale": 5, "values": {"a": 1}}},
          "stages": {"Won": "WON"}},
        {"entity": "deal", "file": "d.csv", "key": "k", "fields": {
          "stage": "s", "contact": "p", "amount": "a"},
          "stages": {"Won": "SOLD"}}]})"),
      UnorderedElementsAre(
          "nme", "name", "loss_note", "files[0].entity", "files[1].file", "files[1].key",
          "files[1].fields.display_name", "files[1].fields.industry", "files[1].fields.location",
          "files[1].fields.location.colum", "files[1].fields.colour",
          "files[1].fields.annual_revenue.currency", "files[1].fields.annual_revenue.scale",
          "files[1].fields.owner.scale", "files[1].fields.owner.values.a", "files[1].stages",
          "files[2].fields.contact", "files[2].fields.amount", "files[2].stages.Won"));
}

TEST(MappingTest, RefusesWhatIsNoMappingAtAll) {
  EXPECT_THAT(FieldsWrongIn("{"), UnorderedElementsAre("mapping"));
  EXPECT_THAT(FieldsWrongIn("[1]"), UnorderedElementsAre("mapping"));
  EXPECT_THAT(FieldsWrongIn("{}"), UnorderedElementsAre("name", "files"));
}

}  // namespace
}  // namespace crm::crmctl

#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "clients/crmctl/import/import_ids.h"
#include "clients/crmctl/import/mapping.h"
#include "clients/crmctl/import/records.h"

namespace crm::crmctl {

// A folder of CSV files and a small mapping over them: companies.csv and deals.csv.
class ImportTest : public testing::Test {
 protected:
  static constexpr char kMapping[] = R"({"name": "test", "files": [
    {"entity": "organization", "file": "companies.csv", "label": "companies", "key": "company",
     "fields": {"display_name": "company", "employee_count": "people", "parent": "owner",
                "annual_revenue": {"column": "revenue", "currency": "USD", "scale": 1000000}}},
    {"entity": "deal", "file": "deals.csv", "label": "deals", "key": "id",
     "stages": {"Talk": "WORKING", "Open": "OPEN", "Won": "WON", "Lost": "LOST"},
     "fields": {"stage": "stage", "owner": "agent", "organization": "company",
                "interest": {"column": "product", "values": {"GTXPro": "GTX Pro"}},
                "contact_name": {"template": "Deal {id}"}, "opened": "opened",
                "closed": "closed", "amount": {"column": "value", "currency": "USD"}}}]})";
  static constexpr char kCompanies[] = "company,people,revenue,owner\n";
  static constexpr char kDeals[] = "id,agent,product,company,stage,opened,closed,value\n";

  ImportTest() : mapping_(*Mapping::Parse(kMapping)), ids_("acme", mapping_.name) {
    std::string pattern = testing::TempDir() + "/importXXXXXX";
    folder_ = mkdtemp(pattern.data());
    Write("companies.csv", kCompanies);
    Write("deals.csv", kDeals);
  }
  ~ImportTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& file, const std::string& text) {
    std::ofstream(folder_ + "/" + file, std::ios::binary) << text;
  }
  void Companies(const std::string& rows) { Write("companies.csv", kCompanies + rows); }
  void Deals(const std::string& rows) { Write("deals.csv", kDeals + rows); }

  std::vector<LoadedFile> Load() {
    absl::StatusOr<std::vector<LoadedFile>> files = LoadFiles(
        mapping_, folder_, ids_, absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone()));
    EXPECT_TRUE(files.ok()) << files.status();
    return files.ok() ? *std::move(files) : std::vector<LoadedFile>();
  }

  Mapping mapping_;
  ImportIds ids_;
  std::string folder_;
};

}  // namespace crm::crmctl

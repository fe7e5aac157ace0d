#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "clients/crmctl/import/import_files.h"
#include "clients/crmctl/import/import_ids.h"
#include "clients/crmctl/import/mapping.h"

namespace crm::crmctl {

// What is told of a row.
struct Rejected {
  int64_t line = 0;
  std::string reason;
};

// A file of an import, read to its end.
struct LoadedFile {
  std::vector<ContactRecord> contacts;
  std::vector<int> levels;  // of the contacts
  std::vector<DealRecord> deals;
  std::vector<Rejected> rejected, warnings;
  int64_t read = 0;  // rows that count
};

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
  std::string Text(const std::string& file) const {
    std::ifstream in(folder_ + "/" + file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void Companies(const std::string& rows) { Write("companies.csv", kCompanies + rows); }
  void Deals(const std::string& rows) { Write("deals.csv", kDeals + rows); }

  absl::StatusOr<std::unique_ptr<ImportFiles>> Open(const std::string& mended = "") {
    return ImportFiles::Open(mapping_, folder_, ids_,
                             absl::FromCivil(absl::CivilDay(2026, 1, 1), absl::UTCTimeZone()),
                             stop_, mended);
  }
  std::vector<LoadedFile> Load(const std::string& mended = "") {
    const auto files = Open(mended);
    EXPECT_TRUE(files.ok()) << files.status();
    std::vector<LoadedFile> loaded;
    for (size_t i = 0; files.ok() && i < (*files)->size(); ++i) {
      LoadedFile& file = loaded.emplace_back();
      ImportRecord record;
      while ((*files)->feed(i).Next(&record)) Take(record, &file);
      file.read = (*files)->feed(i).read();
      EXPECT_TRUE((*files)->feed(i).status().ok()) << (*files)->feed(i).status();
    }
    return loaded;
  }
  static void Take(const ImportRecord& record, LoadedFile* file) {
    if (!record.problem.empty()) file->rejected.push_back({record.line, record.problem});
    if (!record.warning.empty()) file->warnings.push_back({record.line, record.warning});
    if (const auto* contact = std::get_if<ContactRecord>(&record.thing)) {
      file->contacts.push_back(*contact);
      file->levels.push_back(record.level);
    }
    if (const auto* deal = std::get_if<DealRecord>(&record.thing)) file->deals.push_back(*deal);
  }

  const std::function<bool()> stop_ = [] { return false; };
  Mapping mapping_;
  ImportIds ids_;
  std::string folder_;
};

}  // namespace crm::crmctl

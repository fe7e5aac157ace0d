#pragma once

#include <string>

#include "clients/crmctl/import/money_text.h"
#include "common/error/error.h"
#include "tests/unit/clients/import_fixture.h"

namespace crm::crmctl {

class RowValuesTest : public ImportTest {
 protected:
  // One file of deals with one more field beside `stage` and `opened`.
  void Map(const std::string& fields, const std::string& more = "", const std::string& root = "") {
    const std::string json =
        R"({"name": "t", )" + root +
        R"("files": [{"entity": "deal", "file": "f.csv", "key": "id", )" + more +
        R"("stages": {"Open": "OPEN", "won": "WON", "Lost": "LOST", "*": "WORKING"},
            "fields": {"stage": "stage", "opened": {"constant": "2025-01-01"})" +
        (fields.empty() ? "" : ", ") + fields + "}}]}";
    const absl::StatusOr<Mapping> mapping = Mapping::Parse(json);
    ASSERT_TRUE(mapping.ok()) << json << mapping.status()
                              << error::DetailsOf(mapping.status())->fields[0].field;
    mapping_ = *mapping;
  }
  DealRecord Deal(const std::string& text) {
    Write("f.csv", text);
    file_ = Load()[0];
    if (file_.deals.size() == 1) return file_.deals[0];
    ADD_FAILURE() << (file_.rejected.empty() ? "no row" : file_.rejected[0].reason);
    return {};
  }
  std::string Rejection(const std::string& text) {
    Write("f.csv", text);
    file_ = Load()[0];
    return file_.rejected.empty() ? "" : file_.rejected[0].reason;
  }
  std::string Amount(const DealRecord& deal) {
    return deal.amount ? FormatMinor(deal.amount->amount_minor(), deal.amount->currency_code())
                       : "none";
  }

  // What is said of the row that is imported.
  std::string Warning() const { return file_.warnings.empty() ? "" : file_.warnings[0].reason; }

  LoadedFile file_;
};

}  // namespace crm::crmctl

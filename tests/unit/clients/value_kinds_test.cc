// For each kind of value which texts a field of it takes, as what, and which it refuses.

#include <absl/strings/str_join.h>
#include <gmock/gmock.h>

#include <set>

#include "clients/crmctl/import/csv_table.h"
#include "tests/unit/clients/row_values_fixture.h"

namespace crm::crmctl {
namespace {

std::string Day(const std::optional<absl::Time>& time) {
  return time ? absl::FormatTime("%Y-%m-%dT%H:%M", *time, absl::UTCTimeZone()) : "none";
}

struct Kind {
  FieldKind kind;
  std::string field;  // the field of column v, as JSON
  std::function<std::string(const DealRecord&)> value;
  std::vector<std::pair<std::string, std::string>> taken;
  std::vector<std::string> refused;
};

std::string Times(size_t count, const std::string& text) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::vector<Kind> Kinds() {
  using Deal = DealRecord;
  std::vector<Kind> kinds;
  kinds.push_back({FieldKind::kText,
                   R"("title": "v")",
                   [](const Deal& deal) { return deal.title; },
                   {{"  40 looms\t", "40 looms"},
                    {"Cafe\u0301", "Café"},
                    {"a\nb", "a\nb"},
                    {"N/A", "Deal 1"},
                    {"", "Deal 1"},
                    {Times(200, "漢"), Times(200, "漢")}},
                   {Times(201, "漢"), "caf\xe9", std::string("a\0b", 3)}});
  kinds.push_back(
      {FieldKind::kTexts,
       R"("interest": {"column": "v", "split": ";,"})",
       [](const Deal& deal) { return absl::StrJoin(deal.interests, "|"); },
       {{"", ""},
        {"looms", "looms"},
        {" looms ;spindles,, looms", "looms|spindles"},
        {Times(200, "é") + ";x", Times(200, "é") + "|x"}},
       {Times(201, "é"), "looms;" + Times(201, "x"), "a;b;c;d;e;f;g;h;i;j;k;l;m;n;o;p;q;r;s;t;u"}});
  kinds.push_back(
      {FieldKind::kPercent,
       R"("probability": "v")",
       [](const Deal& deal) { return deal.probability ? absl::StrCat(*deal.probability) : "none"; },
       {{"", "none"}, {"0", "0"}, {"60", "60"}, {"60 %", "60"}, {"100.0", "100"}},
       {"101", "-1", "60.5", "60%%", "%", "likely", "50-60"}});
  kinds.push_back({FieldKind::kMoney,
                   R"("amount": {"column": "v", "decimal": ",", "thousands": ".",
                     "currency": {"symbols": {"$": "COP", "€": "EUR"}, "default": "EUR"}})",
                   [](const Deal& deal) {
                     return deal.amount ? FormatMinor(deal.amount->amount_minor(),
                                                      deal.amount->currency_code())
                                        : "none";
                   },
                   {{"", "none"},
                    {"-", "none"},
                    {"0", "0.00 EUR"},
                    {"1.000", "1000.00 EUR"},
                    {"1.234.567,89 €", "1234567.89 EUR"},
                    {"$3.972.451", "3972451.00 COP"},
                    {"$ 5,5", "5.50 COP"}},
                   {"1,000", "1.00", "12.34", "-5", "(5)", "£5", "1e3", "many", "5,5,5"}});
  kinds.push_back({FieldKind::kDate,
                   R"("opened": {"column": "v", "format": ["%d/%m/%y", "iso"]})",
                   [](const Deal& deal) { return Day(deal.opened); },
                   {{"3/2/25", "2025-02-03T00:00"},
                    {"2025-02-03T10:11:12Z", "2025-02-03T10:11"},
                    {"2025-02-03 10:11", "2025-02-03T10:11"}},
                   {"30/2/25", "3/2/2025x", "2/13/25", "45000", "soon", "3/2/31"}});
  kinds.push_back({FieldKind::kDay,
                   R"("expected_close": "v")",
                   [](const Deal& deal) {
                     return deal.expected_close ? absl::FormatCivilTime(*deal.expected_close)
                                                : "none";
                   },
                   {{"", "none"}, {"2031-05-06", "2031-05-06"}, {"2020-05-06", "2020-05-06"}},
                   {"2031-02-30", "6 May", "05/06/2031"}});
  kinds.push_back({FieldKind::kClosing,
                   R"("close_date": "v")",
                   [](const Deal& deal) {
                     return deal.expected_close ? absl::FormatCivilTime(*deal.expected_close)
                                                : "none";
                   },
                   {{"", "none"}, {"2031-05-06", "2031-05-06"}, {"2025-05-06", "2025-05-06"}},
                   {"2031-02-30", "later"}});
  kinds.push_back({FieldKind::kReference,
                   R"("customer": {"column": "v", "split": ";"})",
                   [](const Deal& deal) { return deal.reference; },
                   {{"", ""}, {"Acme", "Acme"}, {" Acme ", "Acme"}, {"Acme;Mother", "Acme"}},
                   {"acme", "Nobody", "Nobody;Acme"}});
  kinds.push_back({FieldKind::kWord,
                   R"("loss_reason": "v")",
                   [](const Deal& deal) {
                     return opportunity::v1::LossReason_Name(deal.loss_reason).substr(12);
                   },
                   {{"", "OTHER"}, {"PRICE", "PRICE"}, {"no decision", "NO_DECISION"}},
                   {"too dear", "UNSPECIFIED", "LOSS_REASON_PRICE"}});
  return kinds;
}

class ValueKindsTest : public RowValuesTest {
 protected:
  void Use(const Kind& kind) {
    const std::string opened = R"("opened")";
    const bool dated = kind.field.rfind(opened, 0) == 0;
    mapping_ = *Mapping::Parse(
        R"({"name": "t", "empty_words": ["-", "N/A"], "files": [
        {"entity": "organization", "file": "companies.csv", "key": "company",
         "fields": {"display_name": "company"}},
        {"entity": "deal", "file": "f.csv", "key": "id", "stages": {"*": "OPEN"},
         "fields": {"stage": {"constant": "x"}, )" +
        std::string(dated ? "" : R"("opened": {"constant": "2025-01-01"}, )") + kind.field +
        "}}]}");
    Companies("Acme,,,\nMother,,,\n");
  }
  LoadedFile Read(const std::string& text) {
    Write("f.csv", "id,v\n1," + CsvField(text) + "\n");
    return Load()[1];
  }
};

TEST_F(ValueKindsTest, TakeAndRefuse) {
  for (const Kind& kind : Kinds()) {
    Use(kind);
    for (const auto& [text, value] : kind.taken) {
      const LoadedFile file = Read(text);
      ASSERT_EQ(file.deals.size(), 1u)
          << kind.field << " " << text << ": " << file.rejected.at(0).reason;
      EXPECT_EQ(kind.value(file.deals[0]), value) << kind.field << " " << text;
    }
    for (const std::string& text : kind.refused) {
      EXPECT_EQ(Read(text).rejected.size(), 1u) << kind.field << " " << text;
    }
  }
}

// Those that only companies have.
TEST_F(ValueKindsTest, WholeNumbersAndYears) {
  const auto read = [&](const std::string& column, const std::string& text) {
    mapping_ = *Mapping::Parse(R"({"name": "t", "files": [{"entity": "organization",
        "file": "f.csv", "key": "id", "fields": {"display_name": "id", "founded_year": "year",
        "employee_count": {"column": "count", "thousands": ",", "range": "low"}}}]})");
    Write("f.csv", "id," + column + "," + (column == "year" ? "count" : "year") + "\n1," +
                       CsvField(text) + ",\n");
    const LoadedFile file = Load()[0];
    if (file.contacts.empty()) return std::string("refused");
    const auto& organization = file.contacts[0].contact.organization();
    return column == "year" ? absl::StrCat(organization.founded_year())
                            : absl::StrCat(organization.employee_count());
  };
  for (const auto& [text, count] :
       std::vector<std::pair<const char*, const char*>>{{"250", "250"},
                                                        {"1,200", "1200"},
                                                        {"250.0", "250"},
                                                        {"51-200", "51"},
                                                        {"10000+", "10000"},
                                                        {"0", "0"},
                                                        {"12,00", "refused"},
                                                        {"250.5", "refused"},
                                                        {"-3", "refused"},
                                                        {"2147483648", "refused"},
                                                        {"many", "refused"}}) {
    EXPECT_EQ(read("count", text), count) << text;
  }
  for (const auto& [text, year] :
       std::vector<std::pair<const char*, const char*>>{{"1998", "1998"},
                                                        {"1", "1"},
                                                        {"9999", "9999"},
                                                        {"0", "refused"},
                                                        {"10000", "refused"},
                                                        {"98 AD", "refused"}}) {
    EXPECT_EQ(read("year", text), year) << text;
  }
}

TEST_F(ValueKindsTest, Stages) {
  Map("");
  for (const auto& [text, target] : std::vector<std::pair<const char*, Target>>{
           {"Open", Target::kOpen}, {"OPEN", Target::kOpen}, {"anything", Target::kWorking}}) {
    EXPECT_EQ(Deal(std::string("id,stage\n1,") + text + "\n").target, target) << text;
  }
  EXPECT_THAT(Rejection("id,stage\n1,\n"), testing::HasSubstr("is required"));
  mapping_.files[0].stages.rest.reset();
  EXPECT_THAT(Rejection("id,stage\n1,anything\n"), testing::HasSubstr("no stage"));
}

TEST_F(ValueKindsTest, NoKindIsMissing) {
  std::set<FieldKind> tried = {FieldKind::kWhole, FieldKind::kYear, FieldKind::kStage};
  for (const Kind& kind : Kinds()) tried.insert(kind.kind);
  for (const Entity entity : {Entity::kOrganization, Entity::kPerson, Entity::kDeal, Entity::kLead,
                              Entity::kOpportunity}) {
    for (const FieldRule& rule : FieldsOf(entity)) {
      EXPECT_TRUE(tried.contains(rule.kind)) << rule.name << " is of a kind that nothing tries";
    }
  }
}

}  // namespace
}  // namespace crm::crmctl

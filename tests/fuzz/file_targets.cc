// Files that crmctl reads.

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "absl/strings/str_split.h"
#include "clients/crmctl/import/csv_table.h"
#include "clients/crmctl/import/mapping.h"
#include "clients/crmctl/import/money_text.h"
#include "clients/crmctl/message_file.h"
#include "clients/crmctl/pipeline/pipeline_file.h"
#include "common/base/text.h"
#include "crm/lead/v1/qualification_policy.pb.h"
#include "tests/fuzz/target.h"

namespace crm::fuzz {

namespace {

// A row is found again by its place, whatever was read in between.
void CsvPlaces(absl::string_view input) {
  auto reader = crmctl::CsvReader::Of(crmctl::TextFile::Of(std::string(input)), {});
  if (!reader.ok()) return;
  std::vector<crmctl::CsvRow> rows;
  crmctl::CsvRow row;
  while (reader->Next(&row)) {
    if (row.problem.empty()) rows.push_back(row);
  }
  for (auto it = rows.rbegin(); it != rows.rend(); ++it) {
    Require(reader->At(it->place, it->line, &row), "a row is where it was");
    Require(row.raw == it->raw && row.fields == it->fields && row.line == it->line,
            "a row is what it was");
  }
}

}  // namespace

void Csv(absl::string_view input) {
  const auto table = crmctl::CsvTable::Parse(input);
  if (!table.ok()) return;
  CsvPlaces(input);
  int64_t line = 0;
  for (const crmctl::CsvRow& row : table->rows()) {
    Require(row.line > line, "rows stand in order, each on a line of its own");
    line = row.line;
    if (!row.problem.empty()) continue;
    Require(row.fields.size() == table->columns().size(), "a sound row has all columns");
    std::string written;
    for (size_t i = 0; i < row.fields.size(); ++i) {
      const bool spoiled = std::any_of(row.spoiled.begin(), row.spoiled.end(),
                                       [i](const auto& each) { return each.first == i; });
      const std::string& field = row.fields[i];
      Require(spoiled || (base::IsValidUtf8(field) && !base::HasNul(field)),
              "sound fields are sound texts");
      written += written.empty() ? "c" : ",c";
    }
    written += "\n";
    for (size_t i = 0; i < row.fields.size(); ++i) {
      written += (i == 0 ? "" : ",") + crmctl::CsvField(row.fields[i]);
    }
  }
}

void Mapping(absl::string_view input) {
  const auto mapping = crmctl::Mapping::Parse(input);
  Require(!mapping.ok() || !mapping->files.empty(), "a mapping has a file");
}

void Money(absl::string_view input) {
  const auto minor = crmctl::ParseMinor(input, "EUR", 1);
  if (!minor) return;
  const std::vector<std::string> parts = absl::StrSplit(crmctl::FormatMinor(*minor, "EUR"), ' ');
  Require(crmctl::ParseMinor(parts[0], "EUR", 1) == minor, "an amount is read as it is written");
  crmctl::ParseMinor(input, "EUR", 1'000'000'000'000);
}

void MessageFile(absl::string_view input) {
  for (const auto format : {crmctl::FileFormat::kYaml, crmctl::FileFormat::kJson}) {
    auto fields = crmctl::ReadFields(input, format);
    if (!fields.ok()) continue;
    lead::v1::QualificationPolicy policy;
    crmctl::TakeFields(*std::move(fields), &policy).IgnoreError();
  }
}

void PipelineFile(absl::string_view input) {
  for (const auto format : {crmctl::FileFormat::kYaml, crmctl::FileFormat::kJson}) {
    const auto file = crmctl::ParsePipelineFile(input, format);
    if (!file.ok()) continue;
    crmctl::PipelineYaml(file->pipeline);
  }
}

}  // namespace crm::fuzz

#include <absl/strings/match.h>
#include <absl/strings/str_join.h>

#include "clients/crmctl/import/mapping_parts.h"
#include "clients/crmctl/import/text_file.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

using nlohmann::json;

RowCondition ReadCondition(const json& node, const std::string& at, JsonChecks* checks) {
  RowCondition condition;
  checks->Known(node, at, {"column", "in", "not_in", "matches"});
  if (!node.is_object()) return condition;
  condition.column = checks->Text(node, at, "column", true);
  const auto folded = [](std::vector<std::string> words) {
    for (std::string& word : words) word = base::Folded(word);
    return words;
  };
  condition.in = folded(checks->Texts(node, at, "in"));
  condition.not_in = folded(checks->Texts(node, at, "not_in"));
  condition.matches = base::Folded(checks->Text(node, at, "matches", false));
  if (node.contains("in") + node.contains("not_in") + node.contains("matches") != 1) {
    checks->Violation(at, "needs exactly one of in, not_in, matches");
  }
  return condition;
}

FileJoin ReadJoin(const json& node, const std::string& at, JsonChecks* checks) {
  FileJoin join;
  checks->Known(node, at, {"file", "on", "prefix"});
  if (!node.is_object()) return join;
  join.file = checks->Text(node, at, "file", true);
  join.prefix = checks->Text(node, at, "prefix", false);
  ReadAgreement(node, at, &join.own, &join.other, checks);
  return join;
}

void ReadRows(const json& node, const std::string& at, FileMapping* file, JsonChecks* checks) {
  const auto rows = node.find("rows");
  if (rows == node.end()) return;
  const std::string here = JsonChecks::Path(at, "rows");
  checks->Known(*rows, here, {"skip", "footer", "where", "same_key"});
  if (!rows->is_object()) return;
  file->skip = checks->Number(*rows, here, "skip", 1'000'000);
  file->footer = checks->Number(*rows, here, "footer", 1'000'000);
  file->first_only = checks->Word(*rows, here, "same_key", {"refuse", "first"}) == 1;
  checks->ForEach(*rows, here, "where", [&](const json& each, const std::string& place) {
    file->where.push_back(ReadCondition(each, place, checks));
  });
}

}  // namespace

void ReadAgreement(const json& node, const std::string& at, std::string* own, std::string* other,
                   JsonChecks* checks) {
  const auto on = node.find("on");
  const std::string here = JsonChecks::Path(at, "on");
  if (on == node.end()) return checks->Violation(here, "is required");
  checks->Known(*on, here, {"own", "other"});
  if (!on->is_object()) return;
  *own = checks->Text(*on, here, "own", true);
  *other = checks->Text(*on, here, "other", true);
}

void ReadFileForm(const json& node, const std::string& at, FileMapping* file, JsonChecks* checks) {
  file->encoding = checks->Text(node, at, "encoding", false);
  if (!file->encoding.empty() && !IsEncoding(file->encoding)) {
    checks->Violation(JsonChecks::Path(at, "encoding"), "is no encoding, as \"windows-1252\"");
  }
  const std::string delimiter = checks->Text(node, at, "delimiter", false);
  if (delimiter.size() > 1 || absl::StrContains("\"\r\n", delimiter) != delimiter.empty()) {
    checks->Violation(JsonChecks::Path(at, "delimiter"), "must be one character");
  } else if (!delimiter.empty()) {
    file->delimiter = delimiter[0];
  }
  ReadRows(node, at, file, checks);
  checks->ForEach(node, at, "from", [&](const json& each, const std::string& place) {
    file->joins.push_back(ReadJoin(each, place, checks));
  });
}

void ReadKey(const json& node, const std::string& at, KeySource* key, JsonChecks* checks) {
  const auto it = node.find("key");
  const std::string here = JsonChecks::Path(at, "key");
  if (it == node.end()) return checks->Violation(here, "is required");
  if (it->is_object()) {
    checks->Known(*it, here, {"template", "row"});
    const bool row = checks->Flag(*it, here, "row");
    key->from = row ? KeySource::From::kRow : KeySource::From::kTemplate;
    if (!row) key->text = checks->Text(*it, here, "template", true);
    key->label = row ? "the number of the row" : key->text;
    return;
  }
  key->columns = checks->Texts(node, at, "key");
  for (const std::string& column : key->columns) {
    if (column.empty()) checks->Violation(here, "must be a text, not empty");
  }
  key->label = absl::StrJoin(key->columns, " | ");
}

}  // namespace crm::crmctl

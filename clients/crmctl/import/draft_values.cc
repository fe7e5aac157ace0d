#include "clients/crmctl/import/draft_values.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <array>

#include "clients/crmctl/import/money_text.h"
#include "clients/crmctl/import/value_text.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

struct Signs {
  char decimal;
  const char* thousands;
};
constexpr std::array kSigns = {Signs{'.', ""}, Signs{'.', ","}, Signs{',', "."},
                               Signs{',', ""}, Signs{',', " "}, Signs{'.', "'"}};

// Signs of currencies, and what each is most often.
constexpr std::array kSymbols = {std::pair{"$", "USD"}, std::pair{"€", "EUR"},
                                 std::pair{"£", "GBP"}};

// A figure without its currency.
std::string Bare(const std::string& cell) {
  absl::string_view text = cell;
  for (const auto& [symbol, code] : kSymbols) {
    absl::ConsumePrefix(&text, symbol);
    absl::ConsumeSuffix(&text, symbol);
  }
  return base::Tidy(text);
}

// Those by which `fits` takes most cells.
template <class Fits>
Signs SignsOf(const std::vector<std::string>& cells, Fits fits) {
  Signs best = kSigns[0];
  int64_t most = -1;
  for (const Signs& signs : kSigns) {
    const NumberForm form{signs.decimal, signs.thousands, false};
    const int64_t fit = std::count_if(cells.begin(), cells.end(), [&](const std::string& cell) {
      return fits(Bare(cell), form);
    });
    if (fit > most) best = signs, most = fit;
  }
  return best;
}

void Put(const Signs& signs, DraftJson* source) {
  if (signs.decimal != '.') (*source)["decimal"] = std::string(1, signs.decimal);
  if (*signs.thousands != 0) (*source)["thousands"] = signs.thousands;
}

DraftJson ColumnOf(const std::vector<std::string>& columns) {
  return columns.size() == 1 ? DraftJson(columns.front()) : DraftJson(columns);
}

std::vector<std::string> CellsOf(const DraftTable& table, const std::vector<std::string>& columns) {
  std::vector<std::string> cells;
  for (const std::string& column : columns) {
    for (std::string& cell : table.Cells(column)) cells.push_back(std::move(cell));
  }
  return cells;
}

}  // namespace

DraftSource TextSource(const std::vector<std::string>& columns) {
  if (columns.size() == 1) return {DraftJson(columns.front()), ""};
  return {DraftJson{{"column", columns}}, ""};
}

DraftSource DateSource(const DraftTable& table, const std::string& column) {
  const std::vector<std::string>& formats = table.Profile(column).formats;
  if (formats.empty()) {
    const bool empty = table.Profile(column).filled == 0;
    return {DraftJson(column), empty ? "" : "TO DO: no format that is known fits all of its dates"};
  }
  DraftSource draft{DraftJson(column), ""};
  if (formats.front() != "iso") draft.source = {{"column", column}, {"format", formats.front()}};
  if (formats.size() > 1) {
    draft.note = absl::StrCat("GUESS: these formats fit all dates: ", absl::StrJoin(formats, ", "));
  }
  return draft;
}

DraftSource MoneySource(const DraftTable& table, const std::vector<std::string>& columns,
                        const std::string& currency) {
  const std::vector<std::string> cells = CellsOf(table, columns);
  const Signs signs = SignsOf(cells, [](const std::string& cell, const NumberForm& form) {
    return ParseDecimal(cell, 2, 1, form).has_value();
  });
  DraftSource draft{DraftJson{{"column", ColumnOf(columns)}}, "GUESS: the currency and the signs"};
  Put(signs, &draft.source);
  for (const auto& [symbol, code] : kSymbols) {
    const bool stands = std::any_of(
        cells.begin(), cells.end(),
        [symbol = symbol](const std::string& cell) { return absl::StrContains(cell, symbol); });
    if (!stands) continue;
    draft.source["currency"] = {{"symbols", {{symbol, code}}}, {"default", code}};
    return draft;
  }
  if (!currency.empty()) {
    draft.source["currency"] = {{"column", currency}};
    draft.note.clear();
  } else {
    draft.source["currency"] = signs.decimal == ',' ? "EUR" : "USD";
  }
  return draft;
}

DraftSource WholeSource(const DraftTable& table, const std::string& column) {
  DraftSource draft{DraftJson{{"column", column}}, ""};
  const auto fits = [](const std::string& cell, const NumberForm& form) {
    return ParseWhole(cell, form, Range::kLow).has_value();
  };
  Put(SignsOf(table.Cells(column), fits), &draft.source);
  draft.source["range"] = "low";
  draft.source["on_error"] = "drop";
  return draft;
}

DraftSource PercentSource(const DraftTable& table, const std::string& column) {
  std::vector<std::string> cells = table.Cells(column);
  for (std::string& cell : cells) cell = base::Tidy(absl::StripSuffix(cell, "%"));
  const Signs signs = SignsOf(cells, [](const std::string& cell, const NumberForm& form) {
    return ParseDecimal(cell, 6, 1, form).has_value();
  });
  const bool decimals = std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
    return cell.find_first_of(".,") != std::string::npos;
  });
  DraftSource draft{DraftJson{{"column", column}}, ""};
  Put(signs, &draft.source);
  if (decimals) draft.source["round"] = "half_even";
  draft.source["on_error"] = "drop";
  return draft;
}

DraftSource ReachSource(const DraftTable& table, const std::vector<std::string>& columns) {
  const std::vector<std::string> cells = CellsOf(table, columns);
  std::string split = ";";
  for (const char* sign : {",", ";"}) {
    if (std::any_of(cells.begin(), cells.end(),
                    [&](const std::string& cell) { return absl::StrContains(cell, sign); })) {
      split = sign;
    }
  }
  return {DraftJson{{"column", ColumnOf(columns)}, {"split", split}, {"on_error", "drop"}}, ""};
}

DraftJson StagePlace(Entity entity, const std::string& stage) {
  const std::string form = FormOf(stage);
  for (const DraftStage& each : DraftStages(entity)) {
    if (!absl::StrContains(form, each.part)) continue;
    const absl::string_view target = each.target;
    const size_t colon = target.find(':');
    if (colon != absl::string_view::npos) {
      return {{"stage", std::string(target.substr(colon + 1))}};
    }
    // A deal without a lead is never given up before it is one.
    if (entity == Entity::kOpportunity && target == "DISQUALIFIED") return "LOST";
    return std::string(target);
  }
  return "OPEN";
}

std::string PlaceOf(absl::Span<const DraftStage> places, absl::string_view word) {
  const std::string form = FormOf(word);
  for (const DraftStage& each : places) {
    if (absl::StrContains(form, each.part)) return each.target;
  }
  return "";
}

std::string Inline(const DraftJson& json) {
  std::vector<std::string> parts;
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      parts.push_back(absl::StrCat(Inline(DraftJson(key)), ": ", Inline(value)));
    }
    return absl::StrCat("{", absl::StrJoin(parts, ", "), "}");
  }
  if (json.is_array()) {
    for (const DraftJson& each : json) parts.push_back(Inline(each));
    return absl::StrCat("[", absl::StrJoin(parts, ", "), "]");
  }
  return json.dump(-1, ' ', false, DraftJson::error_handler_t::replace);
}

}  // namespace crm::crmctl

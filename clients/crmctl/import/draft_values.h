#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "clients/crmctl/import/draft_table.h"

// How the cells of a column are to be read, as the mapping says it.
namespace crm::crmctl {

using DraftJson = nlohmann::ordered_json;

// A source and what is to be said of it; no note: nothing was guessed.
struct DraftSource {
  DraftJson source;
  std::string note;
};

// {"column": …} or the name alone.
DraftSource TextSource(const std::vector<std::string>& columns);
// By the first format that fits all dates.
DraftSource DateSource(const DraftTable& table, const std::string& column);
// By the signs that most figures fit. `currency`: the column that has it, or empty.
DraftSource MoneySource(const DraftTable& table, const std::vector<std::string>& columns,
                        const std::string& currency);
DraftSource WholeSource(const DraftTable& table, const std::string& column);
DraftSource PercentSource(const DraftTable& table, const std::string& column);
// Of e-mail addresses and numbers: cut where a sign stands between two.
DraftSource ReachSource(const DraftTable& table, const std::vector<std::string>& columns);

// Where a stage of another system is here: a state, or a stage of the default pipeline.
DraftJson StagePlace(Entity entity, const std::string& stage);

// What the first part that a word holds stands for.
std::string PlaceOf(absl::Span<const DraftStage> places, absl::string_view word);

// JSON with spaces, on one line.
std::string Inline(const DraftJson& json);

}  // namespace crm::crmctl

#include "clients/crmctl/import/column_profile.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>

#include "clients/crmctl/import/value_text.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

constexpr std::array kFormats = {"iso",
                                 "%d/%m/%Y",
                                 "%m/%d/%Y",
                                 "%d/%m/%y",
                                 "%m/%d/%y",
                                 "%d.%m.%Y",
                                 "%d.%m.%Y %H:%M",
                                 "%d.%m.%y",
                                 "%d-%m-%Y",
                                 "%m-%d-%Y",
                                 "%Y/%m/%d",
                                 "%Y%m%d",
                                 "%d/%m/%Y %H:%M",
                                 "%m/%d/%Y %H:%M",
                                 "%m/%d/%Y %I:%M %p",
                                 "%m-%d-%Y %H:%M",
                                 "%d %b %Y",
                                 "%b %d, %Y",
                                 "unix_ms"};

constexpr std::array kForms = {std::pair{'.', ""}, std::pair{'.', ","}, std::pair{',', "."},
                               std::pair{',', " "}};

}  // namespace

class TableProfiler::Column {
 public:
  explicit Column(std::string name) : formats_(kFormats.begin(), kFormats.end()) {
    profile_.name = std::move(name);
  }

  void Take(const std::string& cell) {
    const std::string value = base::Tidy(cell);
    if (value.empty()) return;
    ++profile_.filled;
    if (profile_.distinct < kManyValues && values_.insert(value).second) {
      ++profile_.distinct;
      if (profile_.examples.size() < 30) profile_.examples.push_back(Shown(value));
    } else if (values_.contains(value)) {
      return;  // looked at before
    }
    std::erase_if(formats_, [&](const std::string& format) {
      // Milliseconds of this age have thirteen digits; else every number would be a date.
      if (format == "unix_ms" && value.size() != 13) return true;
      return !ParseTime(value, {format}, absl::UTCTimeZone());
    });
    email_ = email_ && value.find('@') != std::string::npos;
    whole_ = whole_ && AnyForm(value, 0);
    number_ = number_ && AnyForm(value, 6);
  }
  void Spoiled() { ++profile_.spoiled; }

  ColumnProfile Take() {
    // Eight digits are a number until they are all days of a calendar.
    const bool date = !formats_.empty();
    const bool few = profile_.distinct <= 30 && profile_.filled > 2 * profile_.distinct;
    profile_.type = profile_.filled == 0 ? "empty"
                    : date               ? "date"
                    : email_             ? "e-mail"
                    : whole_             ? "whole number"
                    : number_            ? "number"
                    : few                ? "words"
                                         : "text";
    if (date && profile_.filled > 0) profile_.formats = std::move(formats_);
    if (profile_.type != "words" && profile_.examples.size() > 3) profile_.examples.resize(3);
    return std::move(profile_);
  }

 private:
  static bool AnyForm(absl::string_view value, int digits) {
    return std::any_of(kForms.begin(), kForms.end(), [&](const auto& each) {
      return ParseDecimal(value, digits, 1, {each.first, each.second, false}).has_value();
    });
  }

  ColumnProfile profile_;
  absl::flat_hash_set<std::string> values_;
  std::vector<std::string> formats_;
  bool email_ = true, whole_ = true, number_ = true;
};

TableProfiler::TableProfiler(const std::vector<std::string>& columns) {
  for (const std::string& name : columns) columns_.emplace_back(name);
}

TableProfiler::~TableProfiler() = default;

void TableProfiler::Take(const CsvRow& row) {
  for (size_t i = 0; i < row.fields.size(); ++i) {
    const bool spoiled = std::any_of(row.spoiled.begin(), row.spoiled.end(),
                                     [i](const auto& each) { return each.first == i; });
    spoiled ? columns_[i].Spoiled() : columns_[i].Take(row.fields[i]);
  }
}

std::vector<ColumnProfile> TableProfiler::Profiles() {
  std::vector<ColumnProfile> profiles;
  for (Column& column : columns_) profiles.push_back(column.Take());
  return profiles;
}

std::vector<ColumnProfile> ProfilesOf(const CsvTable& table) {
  TableProfiler profiler(table.columns());
  for (const CsvRow& row : table.rows()) {
    if (row.problem.empty()) profiler.Take(row);
  }
  return profiler.Profiles();
}

}  // namespace crm::crmctl

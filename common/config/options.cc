#include "common/config/options.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <utility>

namespace crm::config {
namespace {

constexpr int kUsageError = 2;

std::string VariableOf(const std::string& name) {
  return absl::AsciiStrToUpper(absl::StrCat("CRM_", absl::StrReplaceAll(name, {{"-", "_"}})));
}

// A mistyped flag may carry a URL with a password.
std::string WithoutValue(const std::string& argument) {
  const size_t end = argument.find_first_of("=@:");
  return end == std::string::npos ? argument : argument.substr(0, end) + "…";
}

std::optional<std::string> ReadBool(const std::string& text, bool* target) {
  if (absl::SimpleAtob(text, target)) return std::nullopt;
  return "must be true or false";
}

template <typename T>
std::optional<std::string> ReadNumber(const std::string& text, T least, T most, T* target) {
  T value = 0;
  if (absl::SimpleAtoi(text, &value) && value >= least && value <= most) {
    *target = value;
    return std::nullopt;
  }
  return absl::StrCat("must be a whole number from ", least, " to ", most);
}

std::optional<std::string> ReadTime(const std::string& text, absl::Duration least,
                                    absl::Duration most, absl::Duration* target) {
  absl::Duration value;
  if (absl::ParseDuration(text, &value) && value >= least && value <= most) {
    *target = value;
    return std::nullopt;
  }
  return absl::StrCat("must be a duration such as 5s, from ", absl::FormatDuration(least), " to ",
                      absl::FormatDuration(most));
}

}  // namespace

struct Options::Entry {
  std::string name;
  std::string text;
  Read read;
  std::function<bool()> missing;
  CLI::Option* option = nullptr;
};

Options::Options(const std::string& program, const std::string& description)
    : app_(std::make_unique<CLI::App>(description, program)) {
  app_->allow_extras();
}

Options::~Options() = default;

Options::Entry& Options::Add(const std::string& name, const std::string& help,
                             const std::string& shown_default, bool is_switch, Read read) {
  entries_.push_back(std::make_unique<Entry>());
  Entry& entry = *entries_.back();
  entry.name = name;
  entry.read = std::move(read);
  const std::string flag = absl::StrCat("--", name);
  entry.option =
      is_switch ? app_->add_flag(flag, entry.text, help) : app_->add_option(flag, entry.text, help);
  entry.option->envname(VariableOf(name))->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (!shown_default.empty()) entry.option->default_str(shown_default);
  return entry;
}

Options& Options::Text(const std::string& name, const std::string& help, std::string* target,
                       Need need, Rule rule) {
  const std::string shown = need == Need::kRequired ? help + "; required" : help;
  Entry& entry =
      Add(name, shown, *target, false,
          [target, rule = std::move(rule)](const std::string& text) -> std::optional<std::string> {
            *target = text;
            if (rule == nullptr || text.empty()) return std::nullopt;
            return rule(text);
          });
  if (need == Need::kRequired) entry.missing = [target] { return target->empty(); };
  return *this;
}

Options& Options::Secret(const std::string& name, const std::string& help, std::string* target,
                         Need need, Rule rule) {
  Text(name, help, target, need, std::move(rule));
  entries_.back()->option->default_str("");
  return *this;
}

Options& Options::Choice(const std::string& name, const std::string& help, std::string* target,
                         std::vector<std::string> choices) {
  const std::string listed = absl::StrJoin(choices, ", ");
  Add(name, absl::StrCat(help, " (", listed, ")"), *target, false,
      [target, listed,
       choices = std::move(choices)](const std::string& text) -> std::optional<std::string> {
        if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
          return absl::StrCat("must be one of ", listed);
        }
        *target = text;
        return std::nullopt;
      });
  return *this;
}

Options& Options::Number(const std::string& name, const std::string& help, int* target, int least,
                         int most) {
  Add(name, help, absl::StrCat(*target), false,
      [=](const std::string& text) { return ReadNumber(text, least, most, target); });
  return *this;
}

Options& Options::Number(const std::string& name, const std::string& help, int64_t* target,
                         int64_t least, int64_t most) {
  Add(name, help, absl::StrCat(*target), false,
      [=](const std::string& text) { return ReadNumber(text, least, most, target); });
  return *this;
}

Options& Options::Time(const std::string& name, const std::string& help, absl::Duration* target,
                       absl::Duration least, absl::Duration most) {
  Add(name, help, absl::FormatDuration(*target), false,
      [=](const std::string& text) { return ReadTime(text, least, most, target); });
  return *this;
}

Options& Options::Switch(const std::string& name, const std::string& help, bool* target) {
  Add(name, help, *target ? "true" : "", true,
      [=](const std::string& text) { return ReadBool(text, target); });
  return *this;
}

Options& Options::List(const std::string& name, const std::string& help,
                       std::vector<std::string>* target) {
  Add(name, help, absl::StrJoin(*target, ","), false, [=](const std::string& text) {
    *target = absl::StrSplit(text, ',', absl::SkipWhitespace());
    for (std::string& item : *target) absl::StripAsciiWhitespace(&item);
    return std::nullopt;
  });
  return *this;
}

Options& Options::Check(std::function<std::optional<std::string>()> rule) {
  rules_.push_back(std::move(rule));
  return *this;
}

Options::Outcome Options::Parse(const std::vector<std::string>& arguments) {
  Outcome outcome;
  // CLI11 takes the arguments in reverse.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  bool all_read = true;
  try {
    app_->parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    outcome.help = true;
    return outcome;
  } catch (const CLI::Error& error) {
    outcome.problems.push_back(error.what());
    all_read = false;
  }
  for (const std::string& extra : app_->remaining()) {
    outcome.problems.push_back(absl::StrCat("unknown argument ", WithoutValue(extra)));
  }
  for (const auto& entry : entries_) {
    if (entry->option->count() > 0) {
      if (const auto problem = entry->read(entry->option->results().back())) {
        outcome.problems.push_back(absl::StrCat("--", entry->name, " ", *problem));
      }
    }
    if (all_read && entry->missing && entry->missing()) {
      outcome.problems.push_back(
          absl::StrCat("--", entry->name, " or ", VariableOf(entry->name), " is required"));
    }
  }
  if (!all_read) return outcome;
  for (const auto& rule : rules_) {
    if (auto problem = rule()) outcome.problems.push_back(*std::move(problem));
  }
  return outcome;
}

std::optional<int> Options::ParseOrExitCode(int argc, const char* const* argv) {
  const Outcome outcome = Parse(std::vector<std::string>(argv + 1, argv + argc));
  if (outcome.help) {
    std::cout << Help();
    return 0;
  }
  if (outcome.problems.empty()) return std::nullopt;
  for (const std::string& problem : outcome.problems) {
    std::cerr << app_->get_name() << ": " << problem << "\n";
  }
  return kUsageError;
}

std::string Options::Help() const { return app_->help(); }

}  // namespace crm::config

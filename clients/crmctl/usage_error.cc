#include "clients/crmctl/usage_error.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "common/error/error.h"

namespace crm::crmctl {
namespace {

// How many letters are to be put in, taken out or replaced to make `b` of `a`.
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row[b.size()];
}

// "; did you mean "list"?" where one of the known words is near enough.
std::string Meant(const std::string& word, const std::vector<std::string>& known) {
  const auto nearest = std::min_element(
      known.begin(), known.end(),
      [&](const auto& a, const auto& b) { return Distance(word, a) < Distance(word, b); });
  if (nearest == known.end() || 3 * Distance(word, *nearest) > word.size() + 1) return "";
  return absl::StrCat("; did you mean ", *nearest, "?");
}

const CLI::App& Deepest(const CLI::App& app) {
  const auto below = app.get_subcommands();
  return below.empty() ? app : Deepest(*below.back());
}

std::string PathOf(const CLI::App& app) {
  const CLI::App* const above = app.get_parent();
  return above == nullptr ? app.get_name() : absl::StrCat(PathOf(*above), " ", app.get_name());
}

std::vector<std::string> CommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(each->get_name());
  }
  return names;
}

// Flags of a command and, since flags may stand anywhere, of those above it.
std::vector<std::string> FlagsOf(const CLI::App* app) {
  std::vector<std::string> flags;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* each : app->get_options()) {
      if (each->nonpositional()) flags.push_back(each->get_name());
    }
  }
  return flags;
}

class Complaint {
 public:
  explicit Complaint(const CLI::App& app) : command_(Deepest(app)) {}

  // Words that nothing took. Behind a flag that is none stands what is meant as its value.
  void Unknown(const std::vector<std::string>& words) {
    const bool group = !CommandsOf(command_).empty();
    const auto is_flag = [](const std::string& word) { return absl::StartsWith(word, "-"); };
    const bool flags = std::any_of(words.begin(), words.end(), is_flag);
    for (const std::string& word : words) {
      if (is_flag(word)) {
        Add(word, absl::StrCat("is no flag of `", PathOf(command_), "`",
                               Meant(word.substr(0, word.find('=')), FlagsOf(&command_))));
      } else if (group && !named_) {
        named_ = true;
        Add(word, absl::StrCat("is no command of `", PathOf(command_), "`",
                               Meant(word, CommandsOf(command_)), Choice()));
      } else if (!group && !flags) {
        Add(word, absl::StrCat("is one word too many for `", PathOf(command_), "`"));
      }
    }
  }

  void Missing() {
    for (const CLI::Option* each : command_.get_options()) {
      if (each->get_required() && each->count() == 0) Add(each->get_name(), "is required");
    }
    if (!CommandsOf(command_).empty() && !named_) {
      Add(PathOf(command_), absl::StrCat("needs a command", Choice()));
    }
  }

  // CLI11's own words: "--kind: robot not in {person,organization}".
  void Told(const std::string& what) {
    const size_t colon = what.find(": ");
    if (colon == std::string::npos) return Add(PathOf(command_), what);
    Add(what.substr(0, colon), what.substr(colon + 2));
  }

  bool empty() const { return !error_.HasViolations(); }
  absl::Status status() {
    error_.With("help", absl::StrCat(PathOf(command_), " --help"));
    return error_;
  }

 private:
  void Add(const std::string& where, const std::string& what) { error_.Violation(where, what); }
  std::string Choice() const {
    return absl::StrCat("; there are ", absl::StrJoin(CommandsOf(command_), ", "));
  }

  const CLI::App& command_;
  bool named_ = false;  // a word in the place of a command was complained of
  error::Error error_{absl::StatusCode::kInvalidArgument, error::kFieldInvalid,
                      "The command line is not understood."};
};

}  // namespace

absl::Status UsageError(const CLI::App& app, const CLI::ParseError& error) {
  Complaint complaint(app);
  const bool requires_it = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const bool left_over = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (!requires_it && !left_over) complaint.Told(error.what());
  complaint.Unknown(app.remaining(true));
  if (requires_it || left_over) complaint.Missing();
  if (complaint.empty()) complaint.Told(error.what());
  return complaint.status();
}

}  // namespace crm::crmctl

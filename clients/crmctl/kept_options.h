#pragma once

#include <absl/strings/match.h>
#include <absl/strings/str_split.h>

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/arguments.h"

namespace crm::crmctl {

// KEY=VALUE, several of them; one that is empty is none: --attribute '' takes all away.
inline void AddAttributes(CLI::App* command, std::vector<std::string>* texts) {
  command->add_option("--attribute", *texts, "KEY=VALUE of your own; may be repeated")
      ->check([](const std::string& text) {
        const bool entry = text.empty() || absl::StrContains(text, '=');
        return std::string(entry ? "" : "must be KEY=VALUE");
      });
}

template <class Thing>
void FillAttributes(const std::vector<std::string>& texts, Thing* thing) {
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    const std::pair<std::string, std::string> entry = absl::StrSplit(text, absl::MaxSplits('=', 1));
    (*thing->mutable_attributes())[entry.first] = entry.second;
  }
}

// What the command line says of what people keep with a thing they work on: its next step and their
// own attributes.
struct KeptOptions {
  std::string next_step, next_step_due;
  std::vector<std::string> attributes;

  // Flags and the fields that they set.
  static constexpr std::pair<const char*, const char*> kFields[] = {
      {"--next-step", "next_step"},
      {"--next-step-due", "next_step"},
      {"--attribute", "attributes"}};

  void AddTo(CLI::App* command) {
    command->add_option("--next-step", next_step, "what is to be done next");
    command->add_option("--next-step-due", next_step_due, "when it is due, e.g. 2026-12-31");
    AddAttributes(command, &attributes);
  }

  template <class Thing>
  void Fill(Arguments* arguments, Thing* thing) const {
    if (!next_step.empty()) thing->mutable_next_step()->set_text(next_step);
    arguments->SetDate("--next-step-due", next_step_due,
                       [&] { return thing->mutable_next_step()->mutable_due_date(); });
    FillAttributes(attributes, thing);
  }
};

}  // namespace crm::crmctl

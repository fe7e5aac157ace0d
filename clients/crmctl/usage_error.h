#pragma once

#include <absl/status/status.h>

#include <CLI/CLI.hpp>

namespace crm::crmctl {

// What is wrong with a command line that CLI11 has refused, all of it at once: words that are no
// command and flags that are none, with the one that was probably meant, and what is missing.
absl::Status UsageError(const CLI::App& app, const CLI::ParseError& error);

}  // namespace crm::crmctl

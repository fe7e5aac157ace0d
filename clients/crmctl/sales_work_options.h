#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/kept_options.h"
#include "crm/opportunity/v1/opportunity.pb.h"

namespace crm::crmctl {

// What the command line says of the work on a sale: line items, competitors, team, and what
// is kept with it.
struct SalesWorkOptions {
  std::vector<std::string> line_items, competitors, team;
  KeptOptions kept;

  // Flags and the fields that they set.
  static const std::vector<std::pair<const char*, const char*>>& Fields();

  void AddTo(CLI::App* command);
  void Fill(Arguments* arguments, opportunity::v1::Opportunity* opportunity) const;
};

}  // namespace crm::crmctl

#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "clients/crmctl/arguments.h"
#include "crm/lead/v1/lead_service.pb.h"

namespace crm::crmctl {

// That a lead is made and qualified by one call.
struct QualificationOptions {
  std::optional<std::string> reason;  // an empty one is refused by the service
  std::string time;

  // `command` has an option --activity.
  void AddTo(CLI::App* command) {
    CLI::Option* qualify =
        command->add_option("--qualify", reason, "qualify it as well, without an assessment: why")
            ->needs("--activity");
    command->add_option("--qualify-time", time, "when it was qualified; default: now")
        ->needs(qualify);
  }

  void Fill(Arguments* arguments, lead::v1::CreateLeadRequest* request) const {
    if (!reason) return;
    request->mutable_qualification()->set_override_reason(*reason);
    arguments->SetTime("--qualify-time", time, [request] {
      return request->mutable_qualification()->mutable_effective_time();
    });
  }
};

}  // namespace crm::crmctl

#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/given.h"
#include "crm/contact/v1/contact.pb.h"

namespace crm::crmctl {

// The options that describe one employment.
struct EmploymentOptions {
  std::string organization, job_title, department, since, until;

  void AddTo(CLI::App* command) {
    command->add_option("--organization", organization,
                        "where the person works: contacts/<uuid>; '' takes it away");
    command->add_option("--job-title", job_title, "position there");
    command->add_option("--department", department, "part of the organization");
    command->add_option("--since", since, "the first day there: YYYY-MM-DD");
    command->add_option("--until", until, "the last day there; it has ended then");
  }

  static bool IsNamed(const CLI::App& command) {
    return Names(command, {"--organization", "--job-title", "--department", "--since", "--until"});
  }

  // Sets what was given.
  void Fill(const CLI::App& command, Arguments* arguments,
            contact::v1::Employment* employment) const {
    const std::string name = arguments->Name(organization, "contacts");
    SetGiven(command, employment,
             {{"--organization", "organization", name},
              {"--job-title", "job_title", job_title},
              {"--department", "department", department}});
    if (command.count("--since") > 0) employment->clear_since();
    if (command.count("--until") > 0) employment->clear_until();
    arguments->SetDate("--since", since, [&] { return employment->mutable_since(); });
    arguments->SetDate("--until", until, [&] { return employment->mutable_until(); });
  }
};

}  // namespace crm::crmctl

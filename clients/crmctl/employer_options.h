#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "clients/crmctl/arguments.h"

namespace crm::crmctl {

// What the command line says of the organization in which a converted lead's contact works.
struct EmployerOptions {
  std::string organization, name, domain;

  void AddTo(CLI::App* command) {
    CLI::Option* const there = command->add_option(
        "--employer", organization, "contacts/<uuid>: where the lead's contact works from now on");
    CLI::Option* const made =
        command
            ->add_option("--new-employer", name,
                         "the same with an organization of this name that is made, unless there "
                         "is one with the domain")
            ->excludes(there);
    command->add_option("--employer-domain", domain, "Internet domain of that organization")
        ->needs(made);
  }

  template <class Request>
  void Fill(Arguments* arguments, Request* request) const {
    if (!organization.empty()) request->set_organization(arguments->Name(organization, "contacts"));
    if (name.empty()) return;
    request->mutable_new_organization()->set_display_name(name);
    request->mutable_new_organization()->set_domain(domain);
  }
};

}  // namespace crm::crmctl

#include "clients/crmctl/arguments.h"

namespace crm::crmctl {

void AddAccountCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("account", "customers since their first sale");
  group->require_subcommand(1);
  auto name = std::make_shared<std::string>();
  auto options = std::make_shared<ListOptions>();
  CLI::App* get = AddCommand(group, "get", "read one", session, [session, name] {
    Arguments arguments;
    contact::v1::GetAccountRequest request;
    request.set_name(arguments.Name(*name, "accounts"));
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.account(); });
  });
  get->add_option("name", *name, "accounts/<uuid>")->required();
  CLI::App* list = AddCommand(group, "list", "read many", session, [session, options] {
    return PrintList(*session, *options, contact::v1::ListAccountsRequest(),
                     {{"NAME", "name"},
                      {"DISPLAY NAME", "display_name"},
                      {"STATUS", "status"},
                      {"WINS", "win_count"},
                      {"SUM", "win_sums"},
                      {"OPENED", "open_time"},
                      {"LAST WIN", "last_win_time"}},
                     [](auto* page) { return page->mutable_accounts(); });
  });
  options->AddTo(list, "status = ACTIVE");
}

}  // namespace crm::crmctl

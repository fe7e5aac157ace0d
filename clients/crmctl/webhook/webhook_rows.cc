#include "clients/crmctl/webhook/webhook_rows.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace crm::crmctl {

void PrintRows(const Session& session, const Rows& rows, const std::vector<Column>& columns) {
  if (session.settings.json()) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const auto& [service, message] : rows) {
      nlohmann::ordered_json one = {{"service", service}};
      one.update(nlohmann::ordered_json::parse(JsonOf(*message, false)));
      all.push_back(std::move(one));
    }
    std::printf("%s\n", all.dump(2).c_str());
    return;
  }
  std::vector<std::string> titles = {"SERVICE"};
  for (const Column& column : columns) titles.push_back(column.title);
  std::vector<std::vector<std::string>> table;
  for (const auto& [service, message] : rows) {
    std::vector<std::string> row = {service};
    for (const Column& column : columns) row.push_back(FieldText(*message, column.path));
    table.push_back(std::move(row));
  }
  PrintTable(titles, table);
}

const std::vector<Column>& WebhookColumns() {
  static const auto* const columns = new std::vector<Column>{{"NAME", "name"},
                                                             {"URL", "url"},
                                                             {"STATE", "state"},
                                                             {"WHY", "disable_reason"},
                                                             {"POSITION", "position"},
                                                             {"OF", "last_sequence"},
                                                             {"WAIT", "pending_deliveries"},
                                                             {"FAILING SINCE", "failing_since"}};
  return *columns;
}

void AddServices(CLI::App* command, const std::shared_ptr<WebhookOptions>& o) {
  command->add_option("--service", o->services, "contact, lead or opportunity; all unless given")
      ->check(CLI::IsMember({"contact", "lead", "opportunity"}));
}

CLI::App* AddNamed(CLI::App* group, Session* session, const std::shared_ptr<WebhookOptions>& o,
                   const char* name, const char* help, WebhookAction action) {
  CLI::App* command =
      AddCommand(group, name, help, session, [session, o, action] { return action(*session, *o); });
  command->add_option("name", o->name, "webhooks/<uuid>")->required();
  AddServices(command, o);
  return command;
}

}  // namespace crm::crmctl

#pragma once

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/generated_enum_reflection.h>
#include <google/protobuf/timestamp.pb.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/print.h"
#include "clients/crmctl/session.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "crm/type/v1/date.pb.h"
#include "crm/type/v1/money.pb.h"

namespace crm::crmctl {

// Turns words of the command line into fields of a request. Every problem is kept; status() has
// them all. Empty texts leave their field alone.
class Arguments {
 public:
  // "leads/<uuid>", or just the UUID.
  std::string Name(const std::string& text, const char* collection);
  // RFC 3339, or YYYY-MM-DD (00:00 UTC).
  void SetTime(const char* flag, const std::string& text,
               const std::function<google::protobuf::Timestamp*()>& target);
  // "1054.00 USD".
  void SetMoney(const char* flag, const std::string& text,
                const std::function<type::v1::Money*()>& target);
  // YYYY-MM-DD.
  void SetDate(const char* flag, const std::string& text,
               const std::function<type::v1::Date*()>& target);
  // The word of an enum value, in any case.
  template <class Enum>
  Enum Word(const char* flag, const std::string& text) {
    const auto& type = *google::protobuf::GetEnumDescriptor<Enum>();
    const std::optional<int> number = NumberOf(type, text);
    if (number) return static_cast<Enum>(*number);
    if (!text.empty()) Problem(flag, "must be one of " + WordsOf(type));
    return static_cast<Enum>(0);
  }
  void Problem(const char* flag, const std::string& text) { problems_.Violation(flag, text); }

  absl::Status status() const {
    return problems_.HasViolations() ? Usage(problems_) : absl::OkStatus();
  }

 private:
  error::Error problems_{absl::StatusCode::kInvalidArgument, error::kFieldInvalid,
                         "The command line is not understood."};
};

// The service called "contact", "lead" or "opportunity".
client::Service ServiceNamed(const std::string& name);

// The words for the value of an enum, for help texts.
template <class Enum>
std::string Words() {
  return WordsOf(*google::protobuf::GetEnumDescriptor<Enum>());
}

// Adds a leaf command that runs `action` after the whole command line was read.
inline CLI::App* AddCommand(CLI::App* group, const std::string& name, const std::string& help,
                            Session* session, std::function<absl::Status()> action) {
  CLI::App* command = group->add_subcommand(name, help);
  command->callback([session, action = std::move(action)] { session->action = action; });
  return command;
}

// Options of every list command.
struct ListOptions {
  std::string filter;
  std::string order_by;
  int limit = 50;
  bool all = false;

  void AddTo(CLI::App* command, const std::string& example) {
    command->add_option("--filter", filter, "conditions joined by AND, e.g. '" + example + "'");
    command->add_option("--order-by", order_by, "the field to order by, e.g. 'create_time desc'");
    command->add_option("--limit", limit, "at most so many")->check(CLI::PositiveNumber);
    command->add_flag("--all", all, "all of them");
  }
};

// Lists page by page and prints; `items` takes the repeated field out of a response.
template <class Request, class Items>
absl::Status PrintList(const Session& session, const ListOptions& options, Request request,
                       const std::vector<Column>& columns, Items items) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  request.set_filter(options.filter);
  request.set_order_by(options.order_by);
  using Response = client::ResponseOf<Request>;
  std::decay_t<decltype(*items(std::declval<Response*>()))> all;
  const auto limit = static_cast<size_t>(options.limit);
  bool more = false;
  request.set_page_size(options.all ? 1000 : std::min(options.limit, 1000));
  CRM_RETURN_IF_ERROR(client.ForEachPage(request, [&](Response& page) {
    all.MergeFrom(*items(&page));
    const bool enough = !options.all && static_cast<size_t>(all.size()) >= limit;
    more = enough && (!page.next_page_token().empty() || static_cast<size_t>(all.size()) > limit);
    return !enough;
  }));
  if (!options.all && static_cast<size_t>(all.size()) > limit) {
    all.DeleteSubrange(options.limit, all.size() - options.limit);
  }
  PrintMessages(all, columns, session.settings.json(), more);
  return absl::OkStatus();
}

// Calls and prints one part of the response.
template <class Request, class Part>
absl::Status PrintCall(const Session& session, const Arguments& arguments, const Request& request,
                       Part part) {
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
  PrintMessage(part(response), session.settings.json());
  return absl::OkStatus();
}

// Names in `mask` the fields whose flags were given: `fields` has pairs of flag and field, those of
// one field one after the other.
template <class Fields>
void AddMaskPaths(const CLI::App& command, const Fields& fields,
                  google::protobuf::FieldMask* mask) {
  for (const auto& [flag, field] : fields) {
    const bool named = mask->paths_size() > 0 && mask->paths(mask->paths_size() - 1) == field;
    if (command.count(flag) > 0 && !named) mask->add_paths(field);
  }
}

// What a command that names one thing to be changed is given.
struct NamedOptions {
  std::string name, etag, request_id;
};

// Adds a command that calls a method whose request has name, etag and request_id, and prints
// `part` of the answer. `collection`: "contacts".
template <class Request, class Part>
void AddNamedCall(CLI::App* group, Session* session, const char* name, const char* help,
                  const char* collection, Part part) {
  auto o = std::make_shared<NamedOptions>();
  CLI::App* command = AddCommand(group, name, help, session, [=] {
    Arguments arguments;
    Request request;
    request.set_name(arguments.Name(o->name, collection));
    request.set_etag(o->etag);
    request.set_request_id(o->request_id);
    return PrintCall(*session, arguments, request, part);
  });
  command->add_option("name", o->name, absl::StrCat(collection, "/<id>"))->required();
  command->add_option("--etag", o->etag, "refuse if it has changed since");
  command->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
}

// Whether to apply what a file says: --yes was given, or somebody says so when asked.
// INVALID_ARGUMENT where there is nobody to ask.
absl::StatusOr<bool> Confirmed(bool yes, const std::string& file);

// The commands, each group on its own.
void AddContactCommands(CLI::App* app, Session* session);
void AddErasureCommands(CLI::App* group, Session* session);  // of a contact's
void AddContactSearch(CLI::App* group, Session* session);
void AddContactUpsert(CLI::App* group, Session* session);
void AddEmploymentCommands(CLI::App* group, Session* session);
void AddAccountCommands(CLI::App* app, Session* session);
// To the group of the contact commands.
void AddMergeCommands(CLI::App* group, Session* session);
void AddLeadCommands(CLI::App* app, Session* session);
void AddConversionCommands(CLI::App* app, Session* session);
void AddOpportunityCommands(CLI::App* app, Session* session);
void AddOpportunityMoves(CLI::App* group, Session* session);
void AddOpportunityRecords(CLI::App* group, Session* session);
void AddLeadWork(CLI::App* group, Session* session);
void AddLeadReports(CLI::App* group, Session* session);
void AddPipelineCommands(CLI::App* app, Session* session);
void AddPredictionCommands(CLI::App* app, Session* session);
void AddPolicyCommands(CLI::App* app, Session* session);
void AddAssignmentCommands(CLI::App* app, Session* session);
void AddLeadAssignments(CLI::App* group, Session* session);
void AddEventCommands(CLI::App* app, Session* session);
void AddAccessCommands(CLI::App* app, Session* session);
void AddWebhookCommands(CLI::App* app, Session* session);
void AddOverviewCommand(CLI::App* app, Session* session);
void AddReportCommands(CLI::App* app, Session* session);
void AddReportPage(CLI::App* app, Session* session);
void AddForecastCommands(CLI::App* app, Session* session);
void AddPipelineSummary(CLI::App* group, Session* session);
void AddImportCommand(CLI::App* app, Session* session);

}  // namespace crm::crmctl

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/employment_options.h"
#include "crm/contact/v1/contact_service.pb.h"

namespace crm::crmctl {
namespace {

using Employments = google::protobuf::RepeatedPtrField<contact::v1::Employment>;

struct Options {
  std::string person;
  int number = 0;  // of the employment, as `list` shows it
  bool primary = false;
  EmploymentOptions employment;
};

absl::StatusOr<contact::v1::Contact> Read(const client::Client& client, const std::string& name) {
  contact::v1::GetContactRequest get;
  get.set_name(name);
  CRM_ASSIGN_OR_RETURN(const auto answer, client.Call(get));
  return answer.contact();
}

absl::Status List(const Session& session, const Options& o) {
  Arguments arguments;
  const std::string name = arguments.Name(o.person, "contacts");
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const contact::v1::Contact person, Read(client, name));
  PrintMessages(person.employments(),
                {{"ORGANIZATION", "organization"},
                 {"JOB TITLE", "job_title"},
                 {"DEPARTMENT", "department"},
                 {"SINCE", "since"},
                 {"UNTIL", "until"},
                 {"PRIMARY", "primary"}},
                session.settings.json(), false);
  return absl::OkStatus();
}

// The employment that the command line numbers, or nullptr and a problem.
contact::v1::Employment* Numbered(const Options& o, Arguments* arguments,
                                  Employments* employments) {
  if (o.number >= 1 && o.number <= employments->size()) return employments->Mutable(o.number - 1);
  arguments->Problem("number", absl::StrCat("must be from 1 to ", employments->size()));
  return nullptr;
}

void MakePrimary(const contact::v1::Employment* chosen, Employments* employments) {
  for (contact::v1::Employment& each : *employments) each.set_primary(&each == chosen);
}

enum class Change { kAdd, kChange, kRemove };

// The list is one field of the contact: it is read, changed and written under the etag read.
absl::Status Write(const Session& session, const Options& o, const CLI::App& command,
                   Change change) {
  Arguments arguments;
  contact::v1::UpdateContactRequest request;
  const std::string name = arguments.Name(o.person, "contacts");
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const contact::v1::Contact person, Read(client, name));
  contact::v1::Contact& contact = *request.mutable_contact();
  contact.set_name(person.name());
  contact.set_etag(person.etag());
  Employments* const employments = contact.mutable_employments();
  *employments = person.employments();
  contact::v1::Employment* const it =
      change == Change::kAdd ? employments->Add() : Numbered(o, &arguments, employments);
  CRM_RETURN_IF_ERROR(arguments.status());
  if (change == Change::kRemove) {
    employments->DeleteSubrange(o.number - 1, 1);
  } else {
    o.employment.Fill(command, &arguments, it);
    if (o.primary) MakePrimary(it, employments);
  }
  request.mutable_update_mask()->add_paths("employments");
  return PrintCall(session, arguments, request, [](const auto& r) { return r.contact(); });
}

CLI::App* AddWrite(CLI::App* group, Session* session, const std::shared_ptr<Options>& o,
                   Change change, const char* name, const char* help) {
  auto action = std::make_shared<std::function<absl::Status()>>();
  CLI::App* const command =
      AddCommand(group, name, help, session, [action] { return (*action)(); });
  command->add_option("person", o->person, "contacts/<uuid>")->required();
  if (change != Change::kAdd) {
    command->add_option("number", o->number, "which, counted from 1 as `list` shows them")
        ->required();
  }
  if (change != Change::kRemove) {
    o->employment.AddTo(command);
    command->add_flag("--primary", o->primary, "the one that counts where one is asked for");
  }
  *action = [session, o, command, change] { return Write(*session, *o, *command, change); };
  return command;
}

}  // namespace

void AddEmploymentCommands(CLI::App* parent, Session* session) {
  CLI::App* group = parent->add_subcommand("employment", "where a person works and has worked");
  group->require_subcommand(1);
  auto o = std::make_shared<Options>();
  CLI::App* list = AddCommand(group, "list", "all, those that have ended too", session,
                              [session, o] { return List(*session, *o); });
  list->add_option("person", o->person, "contacts/<uuid>")->required();
  AddWrite(group, session, o, Change::kAdd, "add", "one more")
      ->get_option("--organization")
      ->required();
  AddWrite(group, session, o, Change::kChange, "change", "what is given of one");
  AddWrite(group, session, o, Change::kRemove, "remove", "one that should never have stood there");
}

}  // namespace crm::crmctl

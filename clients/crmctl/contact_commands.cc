#include <absl/strings/numbers.h>

#include <algorithm>
#include <initializer_list>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/employment_options.h"
#include "clients/crmctl/kept_options.h"
#include "clients/crmctl/revisions.h"

namespace crm::crmctl {
namespace {

struct ContactOptions {
  std::string name, display_name, owner, external_id, id, request_id, effective_time, etag;
  std::vector<std::string> emails, phones, attributes;
  std::string given_name, family_name;
  EmploymentOptions employment;
  std::string domain, industry, annual_revenue, parent, location, employee_count, founded_year;
  bool show_deleted = false;
  AsOfOptions as_of;
  ListOptions list;
};

void AddCommon(CLI::App* command, ContactOptions* o) {
  command->add_option("--display-name", o->display_name, "name to show");
  command->add_option("--email", o->emails, "e-mail address; may be repeated");
  command->add_option("--phone", o->phones, "telephone number; may be repeated");
  command->add_option("--owner", o->owner, "actor id of the sales agent in charge");
  command->add_option("--external-id", o->external_id, "id in another system");
  command->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
  AddAttributes(command, &o->attributes);
}

void AddPerson(CLI::App* command, ContactOptions* o) {
  command->add_option("--given-name", o->given_name, "given name");
  command->add_option("--family-name", o->family_name, "family name");
  o->employment.AddTo(command);  // the primary one, which is made if there is none
}

void AddOrganization(CLI::App* command, ContactOptions* o) {
  command->add_option("--domain", o->domain, "Internet domain");
  command->add_option("--industry", o->industry, "line of business");
  command->add_option("--employees", o->employee_count, "number of people employed");
  command->add_option("--annual-revenue", o->annual_revenue, "e.g. '1000000 USD'");
  command->add_option("--founded", o->founded_year, "year of foundation");
  command->add_option("--location", o->location, "place of the head office");
  command->add_option("--parent", o->parent, "the owning organization: contacts/<uuid>");
}

// An address or a number that is empty is none: --email '' takes all away.
void FillCommon(const ContactOptions& o, contact::v1::Contact* contact) {
  contact->set_display_name(o.display_name);
  contact->set_owner(o.owner);
  contact->set_external_id(o.external_id);
  FillAttributes(o.attributes, contact);
  for (const std::string& email : o.emails) {
    if (!email.empty()) contact->add_emails()->set_address(email);
  }
  for (const std::string& phone : o.phones) {
    if (!phone.empty()) contact->add_phones()->set_number(phone);
  }
}

void FillPerson(const ContactOptions& o, const CLI::App& command, contact::v1::Person* person) {
  SetGiven(command, person,
           {{"--given-name", "given_name", o.given_name},
            {"--family-name", "family_name", o.family_name}});
}

// Sets what was given of the primary one of `employments`; its organization '' takes it away.
void FillPrimary(const EmploymentOptions& o, const CLI::App& command, Arguments* arguments,
                 google::protobuf::RepeatedPtrField<contact::v1::Employment>* employments) {
  const auto primary = std::find_if(employments->begin(), employments->end(),
                                    [](const auto& each) { return each.primary(); });
  if (command.count("--organization") > 0 && o.organization.empty()) {
    if (primary != employments->end()) employments->erase(primary);
    return;
  }
  contact::v1::Employment& it = primary != employments->end() ? *primary : *employments->Add();
  it.set_primary(true);
  o.Fill(command, arguments, &it);
}

// A number, or nothing to take it away.
std::optional<int> NumberIn(const CLI::App& command, const char* flag, const std::string& text,
                            Arguments* arguments, bool* given) {
  *given = command.count(flag) > 0;
  int number = 0;
  if (!*given || text.empty()) return std::nullopt;
  if (absl::SimpleAtoi(text, &number)) return number;
  arguments->Problem(flag, "must be a whole number");
  return std::nullopt;
}

void FillNumbers(const ContactOptions& o, const CLI::App& command, Arguments* arguments,
                 contact::v1::Organization* organization) {
  bool given = false;
  const auto count = NumberIn(command, "--employees", o.employee_count, arguments, &given);
  if (given) organization->clear_employee_count();
  if (count.has_value()) organization->set_employee_count(*count);
  const auto year = NumberIn(command, "--founded", o.founded_year, arguments, &given);
  if (given) organization->clear_founded_year();
  if (year.has_value()) organization->set_founded_year(*year);
  if (command.count("--annual-revenue") > 0) organization->clear_annual_revenue();
  arguments->SetMoney("--annual-revenue", o.annual_revenue,
                      [&] { return organization->mutable_annual_revenue(); });
}

void FillOrganization(const ContactOptions& o, const CLI::App& command, Arguments* arguments,
                      contact::v1::Organization* organization) {
  const std::string parent = arguments->Name(o.parent, "contacts");
  SetGiven(command, organization,
           {{"--domain", "domain", o.domain},
            {"--industry", "industry", o.industry},
            {"--location", "location", o.location},
            {"--parent", "parent_organization", parent}});
  FillNumbers(o, command, arguments, organization);
}

void AddCreate(CLI::App* group, Session* session, const std::shared_ptr<ContactOptions>& o) {
  CLI::App* create = group->add_subcommand("create", "make a contact")->require_subcommand(1);
  for (const bool person : {true, false}) {
    auto action = std::make_shared<std::function<absl::Status()>>();
    CLI::App* command = AddCommand(create, person ? "person" : "organization",
                                   person ? "a natural person" : "a company or authority", session,
                                   [action] { return (*action)(); });
    AddCommon(command, o.get());
    person ? AddPerson(command, o.get()) : AddOrganization(command, o.get());
    command->add_option("--id", o->id, "UUID of the new contact");
    command->add_option("--effective-time", o->effective_time, "when it was first known");
    *action = [session, o, person, command] {
      Arguments arguments;
      contact::v1::CreateContactRequest request;
      FillCommon(*o, request.mutable_contact());
      if (person) {
        FillPerson(*o, *command, request.mutable_contact()->mutable_person());
        if (EmploymentOptions::IsNamed(*command)) {
          FillPrimary(o->employment, *command, &arguments,
                      request.mutable_contact()->mutable_employments());
        }
      } else {
        FillOrganization(*o, *command, &arguments,
                         request.mutable_contact()->mutable_organization());
      }
      request.set_contact_id(o->id);
      request.set_request_id(o->request_id);
      arguments.SetTime("--effective-time", o->effective_time,
                        [&] { return request.mutable_effective_time(); });
      return PrintCall(*session, arguments, request, [](const auto& r) { return r.contact(); });
    };
  }
}

bool NamesKind(const CLI::App& command) {
  return Names(command, {"--given-name", "--family-name", "--domain", "--industry", "--employees",
                         "--annual-revenue", "--founded", "--location", "--parent"});
}

// The kind's fields are one field of the contact, and its employments are another; so what is not
// named of them is read first and kept. What is named and empty is emptied.
absl::Status MergeParts(const Session& session, const ContactOptions& o, const CLI::App& command,
                        Arguments* arguments, contact::v1::UpdateContactRequest* request) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  contact::v1::Contact& contact = *request->mutable_contact();
  contact::v1::GetContactRequest get;
  get.set_name(contact.name());
  CRM_ASSIGN_OR_RETURN(const auto answer, client.Call(get));
  const contact::v1::Contact& present = answer.contact();
  if (contact.etag().empty()) contact.set_etag(present.etag());
  if (EmploymentOptions::IsNamed(command)) {
    *contact.mutable_employments() = present.employments();
    FillPrimary(o.employment, command, arguments, contact.mutable_employments());
    request->mutable_update_mask()->add_paths("employments");
  }
  if (!NamesKind(command)) return absl::OkStatus();
  request->mutable_update_mask()->add_paths(present.has_person() ? "person" : "organization");
  if (present.has_person()) {
    *contact.mutable_person() = present.person();
    FillPerson(o, command, contact.mutable_person());
  } else {
    *contact.mutable_organization() = present.organization();
    FillOrganization(o, command, arguments, contact.mutable_organization());
  }
  return absl::OkStatus();
}

absl::Status Update(const Session& session, const ContactOptions& o, const CLI::App& command) {
  Arguments arguments;
  contact::v1::UpdateContactRequest request;
  contact::v1::Contact& contact = *request.mutable_contact();
  FillCommon(o, &contact);
  contact.set_name(arguments.Name(o.name, "contacts"));
  contact.set_etag(o.etag);
  if (NamesKind(command) || EmploymentOptions::IsNamed(command)) {
    CRM_RETURN_IF_ERROR(MergeParts(session, o, command, &arguments, &request));
  }
  request.set_request_id(o.request_id);
  const std::pair<const char*, const char*> common[] = {{"--display-name", "display_name"},
                                                        {"--email", "emails"},
                                                        {"--phone", "phones"},
                                                        {"--owner", "owner"},
                                                        {"--external-id", "external_id"},
                                                        {"--attribute", "attributes"}};
  for (const auto& [flag, field] : common) {
    if (command.count(flag) > 0) request.mutable_update_mask()->add_paths(field);
  }
  return PrintCall(session, arguments, request, [](const auto& r) { return r.contact(); });
}

}  // namespace

void AddContactCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("contact", "persons and organizations");
  group->require_subcommand(1);
  auto o = std::make_shared<ContactOptions>();
  AddCreate(group, session, o);
  AddContactSearch(group, session);
  AddContactUpsert(group, session);
  AddEmploymentCommands(group, session);

  CLI::App* get = AddCommand(group, "get", "read one", session, [session, o] {
    Arguments arguments;
    contact::v1::GetContactRequest request;
    request.set_name(arguments.Name(o->name, "contacts"));
    o->as_of.Fill(&arguments, &request);
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.contact(); });
  });
  get->add_option("name", o->name, "contacts/<uuid>")->required();
  o->as_of.AddTo(get);
  AddRevisions<contact::v1::ListRevisionsRequest>(group, session, "contacts");

  CLI::App* list = AddCommand(group, "list", "read many", session, [session, o] {
    contact::v1::ListContactsRequest request;
    request.set_show_deleted(o->show_deleted);
    return PrintList(*session, o->list, request,
                     {{"NAME", "name"},
                      {"DISPLAY NAME", "display_name"},
                      {"STAGE", "stage"},
                      {"OWNER", "owner"},
                      {"EXTERNAL ID", "external_id"},
                      {"CREATED", "create_time"}},
                     [](auto* page) { return page->mutable_contacts(); });
  });
  o->list.AddTo(list, "stage = LEAD AND kind = PERSON");
  list->add_flag("--show-deleted", o->show_deleted, "deleted ones too");

  auto action = std::make_shared<std::function<absl::Status()>>();
  CLI::App* update = AddCommand(group, "update", "change the fields given", session,
                                [action] { return (*action)(); });
  update->add_option("name", o->name, "contacts/<uuid>")->required();
  AddCommon(update, o.get());
  AddPerson(update, o.get());
  AddOrganization(update, o.get());
  update->add_option("--etag", o->etag, "refuse if it has changed since");
  *action = [session, o, update] { return Update(*session, *o, *update); };

  const auto contact = [](const auto& r) { return r.contact(); };
  AddNamedCall<contact::v1::DeleteContactRequest>(
      group, session, "delete", "delete softly; can be undone", "contacts", contact);
  AddNamedCall<contact::v1::UndeleteContactRequest>(
      group, session, "undelete", "bring a deleted one back", "contacts", contact);
  AddErasureCommands(group, session);
  AddMergeCommands(group, session);
}

}  // namespace crm::crmctl

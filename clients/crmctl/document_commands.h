#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/message_file.h"

// Documents of which a tenant has one, with revisions: read, and made so that they are as a file
// says.
namespace crm::crmctl {

// The flags of "apply".
struct ApplyOptions {
  std::string file;
  bool yes = false;
  bool dry_run = false;

  void AddTo(CLI::App* command, const char* what) {
    command
        ->add_option("file", file,
                     absl::StrCat("YAML, or *.json: the fields of ", what,
                                  "; - for YAML from standard input"))
        ->required();
    command->add_flag("--yes", yes, "do not ask");
    command->add_flag("--dry-run", dry_run, "only show what would change");
  }
};

// A line for each populated field that one has and the other has not, or has otherwise: "+", "-" or
// "~" first. Only those of `fields`, and what is below them.
std::vector<std::string> DocumentDifferences(const google::protobuf::Message& before,
                                             const google::protobuf::Message& after,
                                             const std::vector<std::string>& fields);

// Shows how `after`, which the file says, differs from `before` in `fields`, and, if somebody
// confirms it, calls `change`, which gives the new revision. `name`: "The policy".
absl::Status ApplyDocument(const ApplyOptions& options, const std::string& name,
                           const google::protobuf::Message& before,
                           const google::protobuf::Message& after,
                           const std::vector<std::string>& fields,
                           const std::function<absl::StatusOr<int64_t>()>& change);

// Adds "revisions": all revisions as a table. `items` takes the repeated field out of a page.
template <class Request, class Items>
void AddDocumentRevisions(CLI::App* group, Session* session, const std::vector<Column>& columns,
                          Items items) {
  AddCommand(group, "revisions", "all that were ever in force", session, [=]() -> absl::Status {
    CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
    Request request;
    request.set_page_size(1000);
    std::decay_t<decltype(*items(std::declval<client::ResponseOf<Request>*>()))> all;
    CRM_RETURN_IF_ERROR(client.ForEachPage(request, [&](auto& page) {
      all.MergeFrom(*items(&page));
      return true;
    }));
    PrintMessages(all, columns, session->settings.json(), false);
    return absl::OkStatus();
  });
}

}  // namespace crm::crmctl

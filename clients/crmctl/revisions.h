#pragma once

#include <google/protobuf/repeated_field.h>

#include <memory>
#include <string>

#include "clients/crmctl/arguments.h"
#include "crm/type/v1/revision.pb.h"

// What became of a thing, write by write, in every service the same.
namespace crm::crmctl {

// What a revision changed, in one line: "owner "mara" → "lee"; …".
std::string ChangesText(const type::v1::Revision& revision);

// One line a revision: who, when, by which method and what changed. As JSON, if asked.
void PrintRevisions(const google::protobuf::RepeatedPtrField<type::v1::Revision>& revisions,
                    bool json);

// Adds "revisions": ListRevisions of the service, all pages.
template <class Request>
void AddRevisions(CLI::App* group, Session* session, const char* collection) {
  auto name = std::make_shared<std::string>();
  CLI::App* command = AddCommand(group, "revisions", "who changed what, and when", session, [=] {
    Arguments arguments;
    Request request;
    request.set_name(arguments.Name(*name, collection));
    request.set_page_size(1000);
    CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
    google::protobuf::RepeatedPtrField<type::v1::Revision> revisions;
    CRM_RETURN_IF_ERROR(client.ForEachPage(request, [&](const auto& page) {
      revisions.MergeFrom(page.revisions());
      return true;
    }));
    PrintRevisions(revisions, session->settings.json());
    return absl::OkStatus();
  });
  command->add_option("name", *name, absl::StrCat(collection, "/<uuid>"))->required();
}

// --as-of-revision and --as-of-time of a command that reads one thing.
struct AsOfOptions {
  int64_t revision = 0;
  std::string time;

  void AddTo(CLI::App* command) {
    auto* const by_revision =
        command->add_option("--as-of-revision", revision, "as it was in this revision");
    command->add_option("--as-of-time", time, "as it was at this time")->excludes(by_revision);
  }
  template <class Request>
  void Fill(Arguments* arguments, Request* request) const {
    if (revision != 0) request->set_as_of_revision(revision);
    arguments->SetTime("--as-of-time", time, [&] { return request->mutable_as_of_time(); });
  }
};

}  // namespace crm::crmctl

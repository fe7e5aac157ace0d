#include "clients/crmctl/arguments.h"
#include "crm/contact/v1/search_service.pb.h"

namespace crm::crmctl {
namespace {

struct SearchOptions {
  std::string query, kind, name, file, since;
  double min_score = 0;
  int limit = 20;
};

// Pages until there are so many, and prints them; `items` takes the repeated field out of a
// response.
template <class Request, class Items>
absl::Status PrintPages(const Session& session, const Arguments& arguments, Request request,
                        int limit, const std::vector<Column>& columns, Items items) {
  CRM_RETURN_IF_ERROR(arguments.status());
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  using Response = client::ResponseOf<Request>;
  std::decay_t<decltype(*items(std::declval<Response*>()))> all;
  bool more = false;
  request.set_page_size(std::min(limit, 1000));
  CRM_RETURN_IF_ERROR(client.ForEachPage(request, [&](Response& page) {
    all.MergeFrom(*items(&page));
    more = all.size() >= limit && !page.next_page_token().empty();
    return all.size() < limit;
  }));
  PrintMessages(all, columns, session.settings.json(), more);
  return absl::OkStatus();
}

void AddLimit(CLI::App* command, SearchOptions* o, const char* help) {
  command->add_option("--limit", o->limit, help)->check(CLI::PositiveNumber);
}

void AddSearch(CLI::App* group, Session* session) {
  auto o = std::make_shared<SearchOptions>();
  CLI::App* command =
      AddCommand(group, "search", "find by words, addresses, numbers or ids", session, [=] {
        Arguments arguments;
        contact::v1::SearchContactsRequest request;
        request.set_query(o->query);
        if (!o->kind.empty()) {
          request.set_kind(o->kind == "person" ? contact::v1::CONTACT_KIND_PERSON
                                               : contact::v1::CONTACT_KIND_ORGANIZATION);
        }
        return PrintPages(*session, arguments, request, o->limit,
                          {{"NAME", "name"},
                           {"DISPLAY NAME", "contact.display_name"},
                           {"BY", "fields"},
                           {"GRADE", "grade"},
                           {"STAGE", "contact.stage"},
                           {"OWNER", "contact.owner"}},
                          [](auto* page) { return page->mutable_hits(); });
      });
  command->add_option("query", o->query, "all of which must be found, e.g. 'anna snel'")
      ->required();
  command->add_option("--kind", o->kind, "person or organization")
      ->check(CLI::IsMember({"person", "organization"}));
  AddLimit(command, o.get(), "at most so many");
}

absl::Status PrintGroups(const Session& session, const SearchOptions& o) {
  Arguments arguments;
  contact::v1::ListDuplicateGroupsRequest request;
  request.set_min_score(o.min_score);
  arguments.SetTime("--since", o.since, [&] { return request.mutable_create_time_from(); });
  return PrintPages(session, arguments, request, o.limit,
                    {{"GROUP", "group"},
                     {"NAME", "name"},
                     {"DISPLAY NAME", "contact.display_name"},
                     {"SCORE", "score", true}},
                    [](auto* page) { return page->mutable_contacts(); });
}

void AddDuplicates(CLI::App* group, Session* session) {
  auto o = std::make_shared<SearchOptions>();
  CLI::App* command = AddCommand(
      group, "duplicates", "who may be the same as a contact; without a name: all groups", session,
      [=]() -> absl::Status {
        if (o->name.empty()) return PrintGroups(*session, *o);
        Arguments arguments;
        contact::v1::FindDuplicatesRequest request;
        request.set_name(arguments.Name(o->name, "contacts"));
        request.set_min_score(o->min_score);
        return PrintPages(*session, arguments, request, o->limit,
                          {{"NAME", "name"},
                           {"DISPLAY NAME", "contact.display_name"},
                           {"SCORE", "score"},
                           {"RULES", "rules.rule"}},
                          [](auto* page) { return page->mutable_duplicates(); });
      });
  command->add_option("name", o->name, "contacts/<uuid>");
  command->add_option("--min-score", o->min_score, "the least score, from 0 to 1");
  command->add_option("--since", o->since, "of groups: those of contacts made since");
  AddLimit(command, o.get(), "at most so many contacts");
}

}  // namespace

void AddContactSearch(CLI::App* group, Session* session) {
  AddSearch(group, session);
  AddDuplicates(group, session);
}

}  // namespace crm::crmctl

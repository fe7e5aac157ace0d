// Who has read personal data.

#include <absl/strings/match.h>
#include <absl/strings/str_join.h>

#include <algorithm>

#include "clients/crmctl/arguments.h"
#include "crm/audit/v1/audit_service.pb.h"

namespace crm::crmctl {
namespace {

using audit::v1::Access;

struct AccessOptions {
  ListOptions list;
  std::vector<std::string> services;
  std::string thing, by, since;
};

absl::StatusOr<audit::v1::ListAccessRequest> RequestOf(const AccessOptions& o) {
  Arguments arguments;
  audit::v1::ListAccessRequest request;
  google::protobuf::Timestamp since;
  arguments.SetTime("--since", o.since, [&] { return &since; });
  CRM_RETURN_IF_ERROR(arguments.status());
  std::vector<std::string> terms;
  if (!o.list.filter.empty()) terms.push_back(o.list.filter);
  if (!o.thing.empty()) terms.push_back(absl::StrCat("name = \"", o.thing, "\""));
  if (!o.by.empty()) terms.push_back(absl::StrCat("actor = \"", o.by, "\""));
  if (!o.since.empty()) {
    terms.push_back(absl::StrCat(
        "access_time >= \"",
        absl::FormatTime(absl::FromUnixSeconds(since.seconds()) + absl::Nanoseconds(since.nanos()),
                         absl::UTCTimeZone()),
        "\""));
  }
  request.set_filter(absl::StrJoin(terms, " AND "));
  request.set_order_by(o.list.order_by);
  request.set_page_size(o.list.all ? 1000 : std::min(o.list.limit, 1000));
  return request;
}

// Each service keeps its own: of each the first `most`, put in order.
absl::Status List(const Session& session, const AccessOptions& o) {
  CRM_ASSIGN_OR_RETURN(const audit::v1::ListAccessRequest request, RequestOf(o));
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  const size_t most = o.list.all ? SIZE_MAX : static_cast<size_t>(o.list.limit);
  std::vector<Access> all;
  bool more = false;
  for (const std::string& service : o.services) {
    size_t of_service = 0;
    CRM_RETURN_IF_ERROR(client.ForEachPageOf(ServiceNamed(service), request, [&](const auto& page) {
      all.insert(all.end(), page.accesses().begin(), page.accesses().end());
      of_service += static_cast<size_t>(page.accesses_size());
      more |= of_service >= most && !page.next_page_token().empty();
      return of_service < most;
    }));
  }
  const bool newest_first = absl::EndsWith(o.list.order_by, "desc");
  std::stable_sort(all.begin(), all.end(), [&](const Access& a, const Access& b) {
    const Access& first = newest_first ? b : a;
    const Access& second = newest_first ? a : b;
    return std::pair(first.access_time().seconds(), first.access_time().nanos()) <
           std::pair(second.access_time().seconds(), second.access_time().nanos());
  });
  if (all.size() > most) all.resize(most), more = true;
  PrintMessages(
      all, {{"TIME", "access_time"}, {"BY", "actor"}, {"METHOD", "method"}, {"SHOWN", "names"}},
      session.settings.json(), more);
  return absl::OkStatus();
}

}  // namespace

void AddAccessCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("access", "who has read personal data");
  group->require_subcommand(1);
  auto o = std::make_shared<AccessOptions>();
  o->services = {"contact", "lead", "opportunity"};
  CLI::App* list = AddCommand(group, "list", "the calls that showed some, where they are recorded",
                              session, [session, o] { return List(*session, *o); });
  o->list.AddTo(list, "method = crm.lead.v1.LeadService/GetLead");
  list->add_option("--service", o->services,
                   "contact, lead or opportunity; all of them unless given")
      ->check(CLI::IsMember({"contact", "lead", "opportunity"}));
  list->add_option("--thing", o->thing, "only what showed this one, as contacts/<uuid>");
  list->add_option("--by", o->by, "only calls of this actor");
  list->add_option("--since", o->since, "only since then, RFC 3339 or a date");
}

}  // namespace crm::crmctl

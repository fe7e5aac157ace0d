#include <absl/strings/str_split.h>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/kept_options.h"
#include "clients/crmctl/revisions.h"

namespace crm::crmctl {
namespace {

constexpr char kAccounts[] = "accounts";

const contact::v1::Account& AccountOf(const auto& response) { return response.account(); }

void AddReads(CLI::App* group, Session* session) {
  auto name = std::make_shared<std::string>();
  auto as_of = std::make_shared<AsOfOptions>();
  auto options = std::make_shared<ListOptions>();
  CLI::App* get = AddCommand(group, "get", "read one", session, [session, name, as_of] {
    Arguments arguments;
    contact::v1::GetAccountRequest request;
    request.set_name(arguments.Name(*name, kAccounts));
    as_of->Fill(&arguments, &request);
    return PrintCall(*session, arguments, request, [](const auto& r) { return AccountOf(r); });
  });
  get->add_option("name", *name, "accounts/<uuid>")->required();
  as_of->AddTo(get);
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

struct AccountOptions {
  NamedOptions named;
  std::string owner, reason, note, effective_time;
  std::vector<std::string> members, attributes;

  // Flags and the fields that they set.
  static constexpr std::pair<const char*, const char*> kFields[] = {
      {"--owner", "owner"}, {"--member", "members"}, {"--attribute", "attributes"}};

  void AddTo(CLI::App* command) {
    command->add_option("name", named.name, "accounts/<uuid>")->required();
    command->add_option("--etag", named.etag, "refuse if it has changed since");
    command->add_option("--request-id", named.request_id, "UUID that makes the call repeatable");
  }
};

absl::Status Update(const Session& session, const AccountOptions& o, const CLI::App& command) {
  Arguments arguments;
  contact::v1::UpdateAccountRequest request;
  contact::v1::Account& account = *request.mutable_account();
  account.set_name(arguments.Name(o.named.name, kAccounts));
  account.set_etag(o.named.etag);
  account.set_owner(o.owner);
  FillAttributes(o.attributes, &account);
  for (const std::string& text : o.members) {
    if (text.empty()) continue;  // --member '' takes all away
    const std::pair<std::string, std::string> member =
        absl::StrSplit(text, absl::MaxSplits('=', 1));
    contact::v1::AccountMember& it = *account.add_members();
    it.set_contact(arguments.Name(member.first, "contacts"));
    it.set_role(arguments.Word<type::v1::BuyingRole>("--member", member.second));
  }
  request.set_request_id(o.named.request_id);
  AddMaskPaths(command, AccountOptions::kFields, request.mutable_update_mask());
  return PrintCall(session, arguments, request, [](const auto& r) { return AccountOf(r); });
}

void AddUpdate(CLI::App* group, Session* session) {
  auto o = std::make_shared<AccountOptions>();
  auto action = std::make_shared<std::function<absl::Status()>>();
  CLI::App* update = AddCommand(group, "update", "change the fields given", session,
                                [action] { return (*action)(); });
  o->AddTo(update);
  update->add_option("--owner", o->owner, "actor id of who is in charge");
  update->add_option("--member", o->members,
                     "who takes part, contacts/<uuid> or contacts/<uuid>=ROLE, where ROLE is " +
                         Words<type::v1::BuyingRole>() +
                         "; may be repeated; those not named are taken out");
  AddAttributes(update, &o->attributes);
  *action = [session, o, update] { return Update(*session, *o, *update); };
}

// A move of the account: closing or reopening it. `fill` adds what is its own.
template <class Request, class Fill>
CLI::App* AddMove(CLI::App* group, Session* session, const std::shared_ptr<AccountOptions>& o,
                  const char* name, const char* help, Fill fill) {
  CLI::App* command = AddCommand(group, name, help, session, [=] {
    Arguments arguments;
    Request request;
    request.set_name(arguments.Name(o->named.name, kAccounts));
    request.set_etag(o->named.etag);
    request.set_request_id(o->named.request_id);
    arguments.SetTime("--effective-time", o->effective_time,
                      [&] { return request.mutable_effective_time(); });
    fill(&arguments, &request);
    return PrintCall(*session, arguments, request, [](const auto& r) { return AccountOf(r); });
  });
  o->AddTo(command);
  command->add_option("--effective-time", o->effective_time, "when it happened");
  return command;
}

}  // namespace

void AddAccountCommands(CLI::App* app, Session* session) {
  CLI::App* group = app->add_subcommand("account", "customers since their first sale");
  group->require_subcommand(1);
  AddReads(group, session);
  AddUpdate(group, session);
  auto o = std::make_shared<AccountOptions>();
  CLI::App* close = AddMove<contact::v1::CloseAccountRequest>(
      group, session, o, "close", "business with it has ended",
      [o](Arguments* arguments, contact::v1::CloseAccountRequest* request) {
        request->set_reason(
            arguments->Word<contact::v1::AccountCloseReason>("--reason", o->reason));
        request->set_note(o->note);
      });
  close->add_option("--reason", o->reason, Words<contact::v1::AccountCloseReason>())->required();
  close->add_option("--note", o->note, "what is to be known about it; required with OTHER");
  AddMove<contact::v1::ReopenAccountRequest>(group, session, o, "reopen", "business goes on",
                                             [](Arguments*, contact::v1::ReopenAccountRequest*) {});
}

}  // namespace crm::crmctl

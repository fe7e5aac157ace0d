#include "tests/e2e/two_tenants.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/steady_clock.h"
#include "tests/e2e/names_everywhere.h"
#include "tests/support/any_method.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/service_fixture.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

using google::protobuf::Message;

constexpr absl::Duration kSettled = absl::Seconds(60);

// All that a person may hold: what is refused is not for want of a scope.
constexpr char kScopes[] =
    "crm.contacts.read crm.contacts.write crm.contacts.erase crm.leads.read crm.leads.write "
    "crm.opportunities.read crm.opportunities.write crm.accounts.read crm.accounts.write "
    "crm.pipelines.admin crm.policies.admin crm.reports.read crm.events.read crm.audit.read "
    "crm.webhooks.read crm.webhooks.admin";

std::string ContentsOf(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The text at a path such as "accounts[0].name".
std::string TextAt(const Message& answer, const std::string& path) {
  const Message* message = &answer;
  for (const absl::string_view step : absl::StrSplit(path, '.')) {
    const std::string name(step.substr(0, step.find('[')));
    const auto* const field = message->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) Abort(absl::StrCat(path, " is not in ", answer.GetTypeName()));
    const auto& reflection = *message->GetReflection();
    if (field->is_repeated()) {
      if (reflection.FieldSize(*message, field) == 0) return "";
      message = &reflection.GetRepeatedMessage(*message, field, 0);
    } else if (field->message_type() != nullptr) {
      message = &reflection.GetMessage(*message, field);
    } else {
      return reflection.GetString(*message, field);
    }
  }
  return "";
}

// What a case keeps of an answer, empty if it is not there.
std::string Kept(const WallCase& one, const TwoTenants::Answer& answer) {
  if (!answer.status.ok()) return "";
  return TextAt(*answer.message, one.keep.substr(one.keep.find('=') + 1));
}

}  // namespace

bool ShowsAlpha(const std::string& text) {
  return absl::StrContains(absl::AsciiStrToLower(text), absl::AsciiStrToLower(kAlphasWord));
}

std::string TwoTenants::Answer::Text() const {
  return absl::StrCat(message == nullptr ? "" : message->DebugString(), status.error_message(),
                      status.error_details());
}

TwoTenants::TwoTenants()
    : folder_(absl::StrCat("/tmp/crm-tenants-", NewUuid())),
      fleet_({.hosts = absl::StrCat("127.0.0.1:", postgres_.port()),
              .database = database_,
              .redis_url = redis_.Url()},
             {.drain_delay = absl::ZeroDuration(), .flags = SecureFlags(), .replicas = 1}) {
  words_["conversion"] = NewUuid();
  for (const char* const tenant : {kAlpha, kBeta}) {
    tokens_[tenant] =
        Token(key_, Claims(tenant, absl::StrCat(tenant, "-agent"), kScopes, absl::Now()));
  }
  Connect();
  for (const WallCase& one : WallCases()) Fill(one);
}

TwoTenants::~TwoTenants() { std::filesystem::remove_all(folder_); }

// One certificate for all three, by which they trust each other.
std::string TwoTenants::SecureFlags() {
  const struct Outcome made =
      RunScript(absl::StrCat("deploy/local/certificates ", Quoted(folder_), " service"));
  if (made.code != 0) Abort(made.output);
  std::ofstream(folder_ + "/jwks.json") << Jwks({&key_});
  const std::string tls = folder_ + "/service/";
  return absl::StrCat("--webhooks --reflection on --access-log '*' --auth token --jwks-file ",
                      folder_, "/jwks.json --token-issuer ", kIssuer, " --token-audience ",
                      kAudience, " --trusted-peers spiffe://crm/service --tls-cert ", tls,
                      "tls.crt --tls-key ", tls, "tls.key --tls-ca ", tls, "ca.crt");
}

void TwoTenants::Connect() {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ContentsOf(folder_ + "/service/ca.crt");
  const auto credentials = grpc::SslCredentials(options);
  for (const client::Service service : kAllServices) {
    channels_.push_back(grpc::CreateChannel(fleet_.addresses().Of(service), credentials));
  }
}

TwoTenants::Answer TwoTenants::Call(const std::string& tenant, const WallCase& one) const {
  const auto* const method = protos_.Method(one.service, one.method);
  if (method == nullptr) Abort(absl::StrCat("no method ", one.service, "/", one.method));
  const auto request = protos_.New(method->input_type());
  const std::string text = Filled(one.request, tenant);
  if (!google::protobuf::TextFormat::ParseFromString(text, request.get())) Abort(text);
  return Send(tenant, {ChannelOf(one.service), method}, *request);
}

TwoTenants::Answer TwoTenants::Named(const std::string& tenant, const Served& served,
                                     const std::string& name) const {
  const auto request = protos_.New(served.method->input_type());
  NameEverywhere(*request, name, 2);
  return Send(tenant, served, *request);
}

TwoTenants::Answer TwoTenants::Send(const std::string& tenant, const Served& served,
                                    const Message& request) const {
  Answer answer;
  std::string bytes;
  answer.status =
      CallAny(served.channel, *served.method, {{"authorization", "Bearer " + tokens_.at(tenant)}},
              request.SerializeAsString(), &bytes);
  if (!answer.status.ok()) return answer;
  answer.message = protos_.New(served.method->output_type());
  EXPECT_TRUE(answer.message->ParseFromString(bytes)) << served.method->full_name();
  return answer;
}

std::vector<TwoTenants::Served> TwoTenants::Methods() const {
  std::vector<Served> methods;
  for (const auto& channel : channels_) {
    for (const std::string& name : ServicesOf(channel)) {
      const auto* const service = protos_.Service(name);
      EXPECT_NE(service, nullptr) << name;
      for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
        methods.push_back({channel, service->method(i)});
      }
    }
  }
  return methods;
}

// The first tenant must find all that it names. What comes by events is awaited.
void TwoTenants::Fill(const WallCase& one) {
  Answer answer;
  const bool told = Await(kSettled, [&] {
    answer = Call(kAlpha, one);
    return one.keep.empty() || !Kept(one, answer).empty();
  });
  EXPECT_TRUE(told) << one.method << " tells no " << one.keep << ": " << answer.Text();
  EXPECT_NE(answer.status.error_code(), grpc::StatusCode::NOT_FOUND)
      << one.method << ": " << answer.Text();
  EXPECT_NE(answer.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
      << one.method << ": " << answer.Text();
  if (!one.keep.empty()) words_[one.keep.substr(0, one.keep.find('='))] = Kept(one, answer);
  if (ShowsAlpha(answer.Text())) ++shown_to_alpha_;
}

std::vector<std::string> TwoTenants::AlphasNames() const {
  std::vector<std::string> names = {absl::StrCat("pipelines/", kAlpha)};
  for (const auto& [word, value] : words_) {
    if (absl::StrContains(value, '/')) names.push_back(value);
  }
  names.push_back("conversions/" + words_.at("conversion"));
  return names;
}

std::vector<std::string> TwoTenants::AlphasIds() const {
  std::vector<std::string> ids;
  for (const auto& [word, value] : words_) ids.push_back(value.substr(value.find('/') + 1));
  return ids;
}

std::string TwoTenants::Logged() {
  std::string all;
  for (const Replica* const replica : fleet_.replicas()) absl::StrAppend(&all, replica->Output());
  return all;
}

std::vector<std::string> TwoTenants::Tables() const {
  return absl::StrSplit(
      Sql("SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON "
          "n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = "
          "'tenant' WHERE n.nspname LIKE 'crm%' AND c.relkind IN ('r', 'p') AND NOT "
          "c.relispartition ORDER BY 1"),
      '\n');
}

std::string TwoTenants::RowsNow(const std::string& tenant) const {
  std::vector<std::string> tables;
  for (const std::string& table : Tables()) {
    tables.push_back(absl::StrCat("SELECT '", table,
                                  "', coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') "
                                  "FROM ",
                                  table, " t WHERE tenant = '", tenant, "'"));
  }
  return Sql(absl::StrJoin(tables, " UNION ALL "));
}

// Whether each event is numbered, and the contact service has heard of all that the others told.
bool TwoTenants::AllIsHeard() const {
  return Sql("SELECT (SELECT count(*) FROM crm_lead.outbox_in) + (SELECT count(*) FROM "
             "crm_opportunity.outbox_in) + (SELECT count(*) FROM crm_contact.outbox_in)") == "0" &&
         Sql("SELECT (SELECT coalesce(sum(last_seq), 0) FROM crm_contact.consumer_inbox) >= "
             "(SELECT "
             "last_seq FROM crm_lead.event_stream) + (SELECT last_seq FROM "
             "crm_opportunity.event_stream)") == "t" &&
         Sql("SELECT count(*) FROM crm_contact.contact_erasure WHERE done_time IS NULL") == "0";
}

// Accesses are written some milliseconds after the answer, so nothing may change for a while.
std::string TwoTenants::RowsOf(const std::string& tenant) const {
  constexpr absl::Duration kQuiet = absl::Milliseconds(300);
  std::string rows;
  base::Deadline quiet = base::Deadline::After(kQuiet);
  EXPECT_TRUE(Await(kSettled, [&] {
    std::string now = RowsNow(tenant);
    if (now != rows || !AllIsHeard()) quiet = base::Deadline::After(kQuiet);
    rows = std::move(now);
    return quiet.Passed();
  }));
  return rows;
}

pg::ConnectionOptions TwoTenants::As(const std::string& role) const {
  return {.url = fleet_.stores().Url(role),
          .schema = role.substr(0, role.rfind('_')),
          .application_name = "walls"};
}

std::string TwoTenants::Filled(const std::string& request, const std::string& tenant) const {
  std::vector<std::pair<std::string, std::string>> values = {
      {"$Tenant", tenant == kAlpha ? kAlphasWord : "Betony"}, {"$slug", tenant}};
  for (const auto& [word, value] : words_) values.emplace_back("$" + word, value);
  return absl::StrReplaceAll(request, values);
}

std::shared_ptr<grpc::Channel> TwoTenants::ChannelOf(const std::string& service) const {
  for (const client::Service each : kAllServices) {
    if (absl::StartsWith(service, absl::StrCat("crm.", client::NameOf(each), "."))) {
      return channels_[static_cast<size_t>(each)];
    }
  }
  return channels_[static_cast<size_t>(client::Service::kOpportunity)];
}

}  // namespace crm::testing

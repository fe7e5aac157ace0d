#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/address/normal_forms.h"
#include "common/base/status.h"
#include "common/base/unicode.h"
#include "common/serving/batch_read.h"
#include "common/serving/list_page.h"
#include "common/serving/requests.h"
#include "common/serving/revisions.h"
#include "services/contact/rpc/contact_filters.h"
#include "services/contact/rpc/contact_handlers.h"
#include "services/contact/rpc/contact_proto.h"

namespace crm::contact {

static_assert(static_cast<int>(MatchRule::kDomain) == v1::MATCH_RULE_DOMAIN);

namespace {

// The name asked for, in lower case, if the contact has another.
std::string OldName(const std::string& requested, const Contact& contact) {
  std::string name = absl::AsciiStrToLower(requested);
  return name == ContactName(contact.id) ? "" : name;
}

// A contact and the id by which it was asked for.
struct NamedContact {
  base::Uuid id;
  Contact contact;
};

std::vector<absl::StatusOr<NamedContact>> NamedContacts(
    absl::Span<const aggregate::Key> keys, std::vector<absl::StatusOr<Contact>> contacts) {
  std::vector<absl::StatusOr<NamedContact>> named;
  named.reserve(contacts.size());
  for (size_t i = 0; i < contacts.size(); ++i) {
    if (contacts[i].ok()) {
      named.emplace_back(NamedContact{keys[i].id, *std::move(contacts[i])});
    } else {
      named.emplace_back(contacts[i].status());
    }
  }
  return named;
}

}  // namespace

void GetContacts(const Ports& ports, Calls<v1::GetContactRequest, v1::GetContactResponse> calls) {
  using Get = rpc::Call<v1::GetContactRequest, v1::GetContactResponse>;
  serving::AnswerGets(absl::MakeConstSpan(serving::CallsThatAsk(calls, false)),
                      serving::KeysIn(kContacts), serving::GetFrom(ports.contacts),
                      [](Get& call, const Contact& contact) {
                        v1::GetContactResponse& response = call.response();
                        ToProto(contact, *response.mutable_contact());
                        response.set_requested_name(OldName(call.request().name(), contact));
                        return absl::OkStatus();
                      });
  // What it was, it was by itself.
  auto& own = ports.own_contacts != nullptr ? *ports.own_contacts : ports.contacts;
  serving::AnswerGetsAsOf(
      absl::MakeConstSpan(serving::CallsThatAsk(calls, true)), serving::KeysIn(kContacts),
      serving::GetFrom(own), [&ports](const auto&... what) { return ports.reads.AsOf(what...); },
      [](Get& call, const Contact& contact) {
        ToProto(contact, *call.response().mutable_contact());
      });
}

void BatchGetContacts(const Ports& ports,
                      Calls<v1::BatchGetContactsRequest, v1::BatchGetContactsResponse> calls) {
  serving::AnswerBatchGets(
      calls, serving::KeysIn(kContacts),
      [&ports](absl::Span<const aggregate::Key> keys, base::Deadline deadline) {
        return NamedContacts(keys, ports.contacts.Get(keys, deadline));
      },
      [](v1::BatchGetContactsResponse& response, const NamedContact& named) {
        ToProto(named.contact, *response.add_contacts());
        if (named.contact.id == named.id) return;
        (*response.mutable_resolved_names())[ContactName(named.id)] = ContactName(named.contact.id);
      });
}

absl::Status ListContacts(const Ports& ports, const rpc::CallContext& context,
                          const v1::ListContactsRequest& request,
                          v1::ListContactsResponse& response) {
  return serving::AnswerList<Contact>(
      context, request, response, ContactFields(), listing::kCreateTimeOrder<Contact>,
      [&](const listing::Query& query) {
        return ports.reads.ListContacts(query, context.deadline);
      },
      [&](const Contact& contact) -> const v1::Contact& {
        v1::Contact& message = *response.add_contacts();
        ToProto(contact, message);
        return message;
      });
}

namespace {

std::string E164Of(const Ports& ports, const rpc::CallContext& context,
                   const v1::FindContactsRequest& request) {
  if (request.phone().empty()) return "";
  return ports.phones.Read(request.phone(), request.phone_region(), context.tenant).e164;
}

}  // namespace

absl::Status FindContacts(const Ports& ports, const rpc::CallContext& context,
                          const v1::FindContactsRequest& request,
                          v1::FindContactsResponse& response) {
  const ContactFacts facts{
      address::NormalizeEmail(request.email()), E164Of(ports, context, request),
      address::NormalizeDomain(request.domain()), base::Tidy(request.display_name())};
  CRM_ASSIGN_OR_RETURN(const ContactMatches matches,
                       ports.reads.FindByFacts(context.tenant, facts, context.deadline));
  for (const Contact& contact : matches.contacts) ToProto(contact, *response.add_contacts());
  response.set_rule(static_cast<v1::MatchRule>(static_cast<int>(matches.rule)));
  if (matches.organization) response.set_organization(ContactName(*matches.organization));
  response.set_normalized_email(facts.email);
  response.set_e164(facts.e164);
  response.set_normalized_domain(facts.domain);
  return absl::OkStatus();
}

absl::Status ListContactRevisions(const Ports& ports, const rpc::CallContext& context,
                                  const v1::ListRevisionsRequest& request,
                                  v1::ListRevisionsResponse& response) {
  const aggregate::Key key = serving::KeyOf(context, request.name(), kContacts);
  return serving::AnswerRevisions<v1::Contact>(
      context, request, response,
      [&](int64_t after, int limit) {
        return ports.reads.ContactRevisions(key, after, limit, context.deadline);
      },
      [&] {
        return ports.contacts.Get(absl::MakeConstSpan(&key, 1), context.deadline)[0].status();
      },
      [](const Contact& contact, v1::Contact& message) { ToProto(contact, message); });
}

}  // namespace crm::contact

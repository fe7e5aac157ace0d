// Every method with every kind of bad input.

#include "tests/support/bad_input.h"

#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using crm::testing::BadInput;
using crm::testing::ExpectBadInputRefused;
using crm::testing::MethodCase;

std::vector<MethodCase> Methods() {
  const std::string computed[] = {"contact.emails[0].normalized_address", "contact.phones[0].e164",
                                  "contact.phones[0].extension", "contact.phones[0].parse_error",
                                  "contact.merged_into"};
  return {
      {"CreateContact",
       "contact { display_name: \"Acme\" organization { parent_organization: "
       "\"contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" annual_revenue { currency_code: \"EUR\" "
       "} "
       "} }",
       {"contact", "contact.display_name"},
       {"contact.name", "contact.etag", computed[0], computed[1], computed[2], computed[3],
        computed[4]}},
      {"GetContact", "name: \"$NAME\"", {"name"}},
      {"ListRevisions", "name: \"$NAME\"", {"name"}},
      {"BatchGetContacts", "names: \"$NAME\"", {"names"}},
      {"ListContacts", ""},
      {"FindContacts", "email: \"anna@acme.example\"", {"email"}},
      {"UpsertContacts",
       "requests { contact { external_id: \"x\" person { family_name: \"Moreau\" } } }",
       {"requests"},
       {"requests[0].contact"}},
      {"UpdateContact",
       "contact { name: \"$NAME\" employments { organization: "
       "\"contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" } }",
       {"contact", "contact.name"},
       {computed[0], computed[1], computed[2], computed[3], computed[4]}},
      {"DeleteContact", "name: \"$NAME\"", {"name"}},
      {"UndeleteContact", "name: \"$NAME\"", {"name"}},
  };
}

TEST_F(ContactServiceTest, NoMethodTakesBadInput) {
  v1::CreateContactRequest request = PersonRequest();
  request.set_request_id(NewUuid());
  const std::string name = Create(request).name();
  const auto everything = [] { return Service().Everything(); };
  ExpectBadInputRefused(
      v1::ContactService::service_full_name(), Methods(),
      BadInput{Service().channel(), tenant(), name, request.request_id(), everything});
  const std::string account = "accounts/" + NewUuid();
  Service().Sql(
      "INSERT INTO account (tenant, id, revision, create_time, update_time, customer, "
      "display_name, first_opportunity, owner, open_time, status, members, win_count, win_sums, "
      "stage_version, stage_time) VALUES ('" +
      tenant() + "', '" + account.substr(9) + "', 1, now(), now(), '" + name.substr(9) +
      "', 'Anna', gen_random_uuid(), 'agent', now(), 'ACTIVE', '{}', 0, '{}', 1, now())");
  ExpectBadInputRefused(
      v1::AccountService::service_full_name(),
      {{"GetAccount", "name: \"$NAME\"", {"name"}},
       {"ListAccounts", ""},
       {"ListRevisions", "name: \"$NAME\"", {"name"}},
       {"UpdateAccount",
        "account { name: \"$NAME\" members { contact: "
        "\"contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" } }",
        {"account", "account.name"},
        {"account.customer", "account.display_name", "account.first_opportunity",
         "account.win_sums", "account.close_note", "account.merged_into"}},
       {"CloseAccount", "name: \"$NAME\" reason: ACCOUNT_CLOSE_REASON_UNPAID", {"name", "reason"}},
       {"ReopenAccount", "name: \"$NAME\"", {"name"}}},
      BadInput{Service().channel(), tenant(), account, request.request_id(), everything});
  ExpectBadInputRefused(v1::ContactSearchService::service_full_name(),
                        {{"SearchContacts", "query: \"anna\"", {"query"}},
                         {"FindDuplicates", "name: \"$NAME\"", {"name"}, {"contact"}},
                         {"ListDuplicateGroups", ""}},
                        BadInput{Service().channel(), tenant(), name, "", everything});
  ExpectBadInputRefused(
      v1::ErasureService::service_full_name(),
      {{"EraseContact", "name: \"$NAME\" reason: ERASURE_REASON_OTHER", {"name", "reason"}},
       {"GetErasure", "name: \"$NAME\"", {"name"}}},
      BadInput{Service().channel(), tenant(), name, "", everything});
  const std::string others =
      "others: \"contacts/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e\" choices { field: \"owner\" "
      "contact: \"$NAME\" }";
  const std::vector<std::string> required = {"survivor", "others", "choices[0].field",
                                             "choices[0].contact"};
  ExpectBadInputRefused(
      v1::MergeService::service_full_name(),
      {{"PreviewMerge", "survivor: \"$NAME\" " + others, required},
       {"MergeContacts", "survivor: \"$NAME\" " + others, required},
       {"UnmergeContact", "name: \"$NAME\"", {"name"}}},
      BadInput{Service().channel(), tenant(), name, request.request_id(), everything});
}

}  // namespace
}  // namespace crm::contact::testing

// Every method of the real programs, called with every kind of token: who gets in, and who is told
// what.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/error/error.h"
#include "common/rpc/status_bridge.h"
#include "crm/audit/v1/audit_service.pb.h"
#include "crm/auth/v1/auth.pb.h"
#include "crm/contact/v1/account_service.pb.h"
#include "crm/contact/v1/contact_service.pb.h"
#include "crm/contact/v1/erasure_service.pb.h"
#include "crm/contact/v1/merge.pb.h"
#include "crm/contact/v1/search_service.pb.h"
#include "crm/event/v1/stage_event_service.pb.h"
#include "crm/lead/v1/assignment_service.pb.h"
#include "crm/lead/v1/conversion_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "crm/lead/v1/prediction_service.pb.h"
#include "crm/lead/v1/qualification_policy_service.pb.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"
#include "crm/opportunity/v1/pipeline_service.pb.h"
#include "crm/opportunity/v1/report_service.pb.h"
#include "tests/fault/program_fixture.h"
#include "tests/support/any_method.h"
#include "tests/support/await.h"
#include "tests/support/token_issuer.h"

namespace crm::testing {
namespace {

using google::protobuf::MethodDescriptor;
using nlohmann::json;

const SigningKey& Key() {
  static const auto* const key = new SigningKey("RS256", "key-1");
  return *key;
}
// Of the same name, and not in the key set.
const SigningKey& Impostor() {
  static const auto* const key = new SigningKey("RS256", "key-1");
  return *key;
}
const SigningKey& Unknown() {
  static const auto* const key = new SigningKey("ES256", "key-2");
  return *key;
}

std::string ScopeOf(const MethodDescriptor& method) {
  return method.options().GetExtension(auth::v1::scope);
}

json ClaimsFor(const std::string& scope) { return Claims("acme", "agent-7", scope, absl::Now()); }

std::string With(const char* claim, const json& value, const std::string& scope) {
  json claims = ClaimsFor(scope);
  claims[claim] = value;
  return Token(Key(), claims);
}

int64_t InSeconds(int64_t seconds) { return absl::ToUnixSeconds(absl::Now()) + seconds; }

// A kind of caller, and what it is told: "CODE REASON what".
struct Caller {
  const char* name;
  std::string (*token)(const std::string& scope);
  const char* told;
  const char* stated_tenant = "";
};

const Caller kWrong[] = {
    {"no token", [](const auto&) { return std::string(); },
     "UNAUTHENTICATED TOKEN_INVALID missing"},
    {"no JWT", [](const auto&) { return std::string("s3cret"); },
     "UNAUTHENTICATED TOKEN_INVALID malformed"},
    {"expired", [](const auto& scope) { return With("exp", InSeconds(-90), scope); },
     "UNAUTHENTICATED TOKEN_INVALID expired"},
    {"not yet valid", [](const auto& scope) { return With("nbf", InSeconds(900), scope); },
     "UNAUTHENTICATED TOKEN_INVALID not_yet_valid"},
    {"wrong issuer",
     [](const auto& scope) { return With("iss", "https://login.example.com/realms/other", scope); },
     "UNAUTHENTICATED TOKEN_INVALID issuer"},
    {"wrong audience", [](const auto& scope) { return With("aud", json{"billing"}, scope); },
     "UNAUTHENTICATED TOKEN_INVALID audience"},
    {"wrong signature", [](const auto& scope) { return Token(Impostor(), ClaimsFor(scope)); },
     "UNAUTHENTICATED TOKEN_INVALID signature"},
    {"alg none",
     [](const auto& scope) {
       return TokenOf({{"alg", "none"}, {"kid", "key-1"}}, ClaimsFor(scope).dump(),
                      [](const std::string&) { return std::string(); });
     },
     "UNAUTHENTICATED TOKEN_INVALID algorithm"},
    {"HS256 with the public key as secret",
     [](const auto& scope) {
       return TokenOf({{"alg", "HS256"}, {"kid", "key-1"}}, ClaimsFor(scope).dump(),
                      [](const std::string& input) { return HmacSha256(Key().Pem(), input); });
     },
     "UNAUTHENTICATED TOKEN_INVALID algorithm"},
    {"unknown kid", [](const auto& scope) { return Token(Unknown(), ClaimsFor(scope)); },
     "UNAUTHENTICATED TOKEN_INVALID key"},
    {"no tenant", [](const auto& scope) { return With("crm_tenant", nullptr, scope); },
     "UNAUTHENTICATED TOKEN_INVALID tenant"},
    {"missing scope",
     [](const auto&) { return Token(Key(), ClaimsFor("openid crm.leads.readwrite")); },
     "PERMISSION_DENIED SCOPE_MISSING $scope"},
    {"wrong tenant", [](const auto& scope) { return Token(Key(), ClaimsFor(scope)); },
     "PERMISSION_DENIED TENANT_FORBIDDEN globex", "globex"},
    {"no token, and no name of a tenant", [](const auto&) { return std::string(); },
     "UNAUTHENTICATED TOKEN_INVALID missing", "two words"},
    {"a wrong signature, and no name of a tenant",
     [](const auto& scope) { return Token(Impostor(), ClaimsFor(scope)); },
     "UNAUTHENTICATED TOKEN_INVALID signature", "two words"},
    {"no name of a tenant", [](const auto& scope) { return Token(Key(), ClaimsFor(scope)); },
     "INVALID_ARGUMENT FIELD_INVALID", "two words"},
};

std::string Told(const grpc::Status& status) {
  const absl::Status error = rpc::FromGrpcStatus(status);
  const auto details = error::DetailsOf(error);
  if (!details) return absl::StatusCodeToString(error.code());
  std::string told = absl::StrCat(absl::StatusCodeToString(error.code()), " ", details->reason);
  for (const auto& [key, value] : details->metadata) {
    if (key == "check" || key == "scope" || key == "tenant") absl::StrAppend(&told, " ", value);
  }
  return told;
}

// One message of each file with services: what is not mentioned is not linked.
const google::protobuf::Descriptor* const kLinked[] = {
    contact::v1::GetContactRequest::descriptor(),
    contact::v1::GetAccountRequest::descriptor(),
    contact::v1::SearchContactsRequest::descriptor(),
    contact::v1::EraseContactRequest::descriptor(),
    contact::v1::PreviewMergeRequest::descriptor(),
    lead::v1::GetLeadRequest::descriptor(),
    lead::v1::GetConversionRequest::descriptor(),
    lead::v1::GetModelRequest::descriptor(),
    lead::v1::GetAssignmentRulesRequest::descriptor(),
    lead::v1::GetQualificationPolicyRequest::descriptor(),
    opportunity::v1::GetOpportunityRequest::descriptor(),
    opportunity::v1::GetPipelineRequest::descriptor(),
    opportunity::v1::QueryFunnelRequest::descriptor(),
    event::v1::ListStageEventsRequest::descriptor(),
    audit::v1::ListAccessRequest::descriptor(),
};

class AdmissionTest : public ProgramTest, public ::testing::WithParamInterface<const char*> {
 protected:
  AdmissionTest() : ProgramTest(PostgresServer::Shared(), RedisServer::Shared(), GetParam()) {
    WriteKeys({&Key()});
    EXPECT_EQ(RunProgram("migrate").code, 0);
    Serve(absl::StrCat("--auth token --reflection on --log-level error --jwks-file ", keys_file_,
                       " --token-issuer ", kIssuer, " --token-audience ", kAudience));
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port()), grpc::InsecureChannelCredentials());
    methods_ = MethodsOf(channel_);
  }
  ~AdmissionTest() override { std::filesystem::remove(keys_file_); }

  // As a volume's files change.
  void WriteKeys(std::initializer_list<const SigningKey*> keys) {
    const std::string fresh = keys_file_ + ".new";
    std::ofstream(fresh) << Jwks(keys);
    std::filesystem::rename(fresh, keys_file_);
  }

  grpc::Status CallWith(const std::string& token, const std::string& stated_tenant,
                        const MethodDescriptor& method, const std::string& request = "") {
    std::multimap<std::string, std::string> metadata;
    if (!token.empty()) metadata.emplace("authorization", "Bearer " + token);
    if (!stated_tenant.empty()) metadata.emplace("x-crm-tenant", stated_tenant);
    return CallAny(channel_, method, metadata, request);
  }

  // The number of rows of each table, but for those that the consumers write by themselves.
  std::string Stored() {
    return postgres_.Run(
        database_, absl::StrCat("SELECT string_agg(relname || ' ' || (xpath('/row/c/text()', "
                                "query_to_xml(format('SELECT count(*) AS c FROM %I.%I', ",
                                "schemaname, relname), false, true, '')))[1]::text, ', ' ",
                                "ORDER BY relname) FROM pg_stat_user_tables WHERE schemaname = ",
                                "'crm_", name_, "' AND relname <> 'consumer_inbox'"));
  }

  const MethodDescriptor& Method(const std::string& name) {
    for (const MethodDescriptor* method : methods_) {
      if (method->name() == name) return *method;
    }
    ADD_FAILURE() << "no method " << name;
    return *methods_.at(0);
  }

  const std::string keys_file_ = absl::StrCat("/tmp/crm-keys-", NewUuid());
  std::shared_ptr<grpc::Channel> channel_;
  std::vector<const MethodDescriptor*> methods_;
};

TEST_P(AdmissionTest, EveryMethodTellsEveryWrongCallerWhatIsWrongAndLetsTheRightOneIn) {
  ASSERT_GE(methods_.size(), 10u) << std::size(kLinked);
  const std::string before = Stored();
  for (const MethodDescriptor* method : methods_) {
    const std::string scope = ScopeOf(*method);
    for (const Caller& caller : kWrong) {
      std::string expected = caller.told;
      if (const size_t at = expected.find("$scope"); at != std::string::npos) {
        expected.replace(at, 6, scope);
      }
      EXPECT_EQ(Told(CallWith(caller.token(scope), caller.stated_tenant, *method)), expected)
          << method->full_name() << ": " << caller.name;
    }
  }
  EXPECT_EQ(Stored(), before);
  for (const MethodDescriptor* method : methods_) {
    const auto status =
        CallWith(Token(Key(), ClaimsFor("openid " + ScopeOf(*method))), "", *method);
    EXPECT_NE(status.error_code(), grpc::UNAUTHENTICATED) << method->full_name();
    EXPECT_NE(status.error_code(), grpc::PERMISSION_DENIED) << method->full_name();
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, AdmissionTest,
                         ::testing::Values("contact", "lead", "opportunity"),
                         [](const auto& program) { return std::string(program.param); });

using ContactAdmissionTest = AdmissionTest;

TEST_P(ContactAdmissionTest, ARequestThatIsRightWritesForTheRightCallerAlone) {
  contact::v1::CreateContactRequest request;
  request.mutable_contact()->set_display_name("Larkspur Optics");
  request.mutable_contact()->mutable_organization();
  const std::string bytes = request.SerializeAsString();
  const MethodDescriptor& create = Method("CreateContact");
  const std::string before = Stored();
  for (const Caller& caller : kWrong) {
    CallWith(caller.token(ScopeOf(create)), caller.stated_tenant, create, bytes);
  }
  EXPECT_EQ(Stored(), before);
  const std::string token = Token(Key(), ClaimsFor(ScopeOf(create)));
  EXPECT_TRUE(CallWith(token, "acme", create, bytes).ok());
  EXPECT_EQ(postgres_.Run(database_, "SELECT tenant || ' ' || actor FROM crm_contact.revision"),
            "acme agent-7");
}

// The next key is published, then signed with, then the old one is taken away.
TEST_P(ContactAdmissionTest, KeysAreRotatedWithoutAFailedCall) {
  const MethodDescriptor& list = Method("ListContacts");
  const auto call = [&](const SigningKey& key) {
    // Another token each time, so that each is verified.
    return CallWith(Token(key, ClaimsFor(absl::StrCat(ScopeOf(list), " ", NewUuid()))), "", list)
        .error_code();
  };
  WriteKeys({&Key(), &Unknown()});
  ASSERT_TRUE(Await(absl::Seconds(30), [&] {
    EXPECT_EQ(call(Key()), grpc::OK);
    return call(Unknown()) == grpc::OK;
  }));
  WriteKeys({&Unknown()});
  ASSERT_TRUE(Await(absl::Seconds(30), [&] {
    EXPECT_EQ(call(Unknown()), grpc::OK);
    return call(Key()) == grpc::UNAUTHENTICATED;
  }));
  EXPECT_EQ(call(Unknown()), grpc::OK);
}

INSTANTIATE_TEST_SUITE_P(Programs, ContactAdmissionTest, ::testing::Values("contact"));

}  // namespace
}  // namespace crm::testing

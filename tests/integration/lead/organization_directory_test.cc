#include "services/lead/clients/grpc_organization_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "common/error/error.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using ::testing::ElementsAre;
using testing::IdOf;

std::string ContactName(uint64_t n) { return "contacts/" + IdOf(n).ToString(); }

// A contact service that knows what it is told of.
class ScriptedContacts final : public contact::v1::ContactService::Service {
 public:
  grpc::Status BatchGetContacts(grpc::ServerContext*,
                                const contact::v1::BatchGetContactsRequest* request,
                                contact::v1::BatchGetContactsResponse* response) override {
    if (away) return {grpc::StatusCode::UNAVAILABLE, "away"};
    sizes.push_back(request->names_size());
    for (const std::string& name : request->names()) {
      const auto at = contacts.find(name);
      if (at == contacts.end()) continue;
      *response->add_contacts() = at->second;
    }
    return grpc::Status::OK;
  }
  void AddOrganization(uint64_t n, const std::string& industry, int employees) {
    contact::v1::Contact& it = contacts[ContactName(n)];
    it.set_name(ContactName(n));
    it.mutable_organization()->set_industry(industry);
    it.mutable_organization()->set_location("Ireland");
    it.mutable_organization()->set_employee_count(employees);
  }
  void AddPerson(uint64_t n, const std::string& organization) {
    contact::v1::Contact& it = contacts[ContactName(n)];
    it.set_name(ContactName(n));
    it.mutable_person();
    it.add_employments()->set_organization(ContactName(99));  // has ended
    auto& employment = *it.add_employments();
    employment.set_organization(organization);
    employment.set_primary(true);
  }

  bool away = false;
  std::vector<int> sizes;  // of the batches
  std::map<std::string, contact::v1::Contact> contacts;
};

class OrganizationDirectoryTest : public ::testing::Test {
 protected:
  OrganizationDirectoryTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&contacts_);
    server_ = builder.BuildAndStart();
    directory_ = std::make_unique<GrpcOrganizationDirectory>(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  }
  ~OrganizationDirectoryTest() override { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

  absl::StatusOr<std::vector<OrganizationFacts>> Find(const std::vector<base::Uuid>& contacts) {
    return directory_->Find("acme", contacts, base::Deadline::After(absl::Seconds(20)));
  }

  ScriptedContacts contacts_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcOrganizationDirectory> directory_;
};

TEST_F(OrganizationDirectoryTest, APersonIsOfItsOrganization) {
  contacts_.AddOrganization(1, "weaving", 120);
  contacts_.AddPerson(2, ContactName(1));
  contacts_.AddPerson(3, "");
  const auto found = Find({IdOf(2), IdOf(1), IdOf(3), IdOf(4), IdOf(2)});
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 5U);
  for (const size_t i : {0, 1, 4}) {
    EXPECT_EQ((*found)[i].industry, "weaving");
    EXPECT_EQ((*found)[i].country, "Ireland");
    EXPECT_EQ((*found)[i].employee_count, 120);
  }
  for (const size_t i : {2, 3}) {
    EXPECT_EQ((*found)[i].industry, "");
    EXPECT_EQ((*found)[i].employee_count, std::nullopt);
  }
  EXPECT_THAT(contacts_.sizes, ElementsAre(4)) << "the organization was there already";
}

TEST_F(OrganizationDirectoryTest, ManyAreAskedForInBatches) {
  contacts_.AddOrganization(1, "weaving", 120);
  std::vector<base::Uuid> asked;
  for (uint64_t n = 2; n < 1503; ++n) {
    contacts_.AddPerson(n, ContactName(1));
    asked.push_back(IdOf(n));
  }
  const auto found = Find(asked);
  ASSERT_TRUE(found.ok()) << found.status();
  for (const OrganizationFacts& each : *found) ASSERT_EQ(each.industry, "weaving");
  EXPECT_THAT(contacts_.sizes, ElementsAre(1000, 501, 1));
}

TEST_F(OrganizationDirectoryTest, ThatTheServiceIsAwayIsSaid) {
  contacts_.away = true;
  const auto found = Find({IdOf(1)});
  EXPECT_EQ(error::ReasonOf(found.status()), "NEIGHBOUR_UNAVAILABLE");
  EXPECT_TRUE(absl::IsUnavailable(found.status()));
  EXPECT_TRUE(Find({})->empty());
}

}  // namespace
}  // namespace crm::lead

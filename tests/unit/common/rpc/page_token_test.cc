#include "common/rpc/page_token.h"

#include "common/error/error.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const PageArguments kArguments = {"crm.lead.v1.LeadService/ListLeads", "acme", "state=NEW",
                                  "create_time"};

std::vector<std::pair<std::string, std::string>> Refused(const PageArguments& arguments,
                                                         absl::string_view token) {
  const auto result = DecodePageToken(arguments, token);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error::ReasonOf(result.status()), "PAGE_TOKEN_INVALID");
  const auto details = error::DetailsOf(result.status());
  return details ? details->metadata : std::vector<std::pair<std::string, std::string>>{};
}

TEST(PageTokenTest, ThePositionComesBack) {
  const std::vector<std::string> position = {"2026-01-31", std::string("\0,\xff", 3), ""};
  const std::string token = EncodePageToken(kArguments, position);
  EXPECT_EQ(token.find_first_of("+/= "), std::string::npos);
  EXPECT_EQ(*DecodePageToken(kArguments, token), position);
}

TEST(PageTokenTest, TheEmptyTokenIsTheFirstPage) {
  EXPECT_THAT(*DecodePageToken(kArguments, ""), IsEmpty());
}

TEST(PageTokenTest, ChangedArgumentsAreRefusedAndNamed) {
  const std::string token = EncodePageToken(kArguments, {"x"});
  PageArguments other = kArguments;
  other.filter = "state=WORKING";
  EXPECT_THAT(Refused(other, token), ElementsAre(Pair("changed", "filter")));
  other = kArguments;
  other.order_by = "name";
  EXPECT_THAT(Refused(other, token), ElementsAre(Pair("changed", "order_by")));
  other = kArguments;
  other.tenant = "rival";
  EXPECT_THAT(Refused(other, token), IsEmpty());
  other = kArguments;
  other.method = "crm.lead.v1.LeadService/ListActivities";
  EXPECT_THAT(Refused(other, token), IsEmpty());
}

TEST(PageTokenTest, DamageIsRefused) {
  const std::string token = EncodePageToken(kArguments, {"abc"});
  for (size_t i = 0; i < token.size(); ++i) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(Refused(kArguments, damaged), IsEmpty()) << i;
  }
  Refused(kArguments, token.substr(0, token.size() - 2));
  Refused(kArguments, "not a token");
  Refused(kArguments, std::string(10000, 'A'));
}

TEST(PageTokenTest, TokensOfOneReplicaAreUnderstoodByOthersAndAfterARestart) {
  // Made by another process.
  constexpr char kToken[] = "Adg2b7G5PLCWIUyvJ0KfpfTE9zotCgAAADIwMjYtMDEtMzEBAAAAeA";
  EXPECT_THAT(*DecodePageToken(kArguments, kToken), ElementsAre("2026-01-31", "x"));
  EXPECT_EQ(EncodePageToken(kArguments, {"2026-01-31", "x"}), kToken);
}

}  // namespace
}  // namespace crm::rpc

#include <nlohmann/json.hpp>

#include "common/rpc/channel.h"
#include "common/rpc/server.h"

namespace crm::rpc {
namespace {

TEST(ServiceConfigTest, WhatShipsIsAcceptedByGrpc) {
  EXPECT_TRUE(CheckServiceConfig(ServiceConfigJson({})).ok());
  const std::string config =
      ServiceConfigJson({"crm.lead.v1.LeadService/GetLead", "crm.contact.v1.ContactService"});
  EXPECT_TRUE(CheckServiceConfig(config).ok()) << CheckServiceConfig(config);
  const auto names = nlohmann::json::parse(config)["methodConfig"][0]["name"];
  EXPECT_EQ(names[0]["service"], "crm.lead.v1.LeadService");
  EXPECT_EQ(names[0]["method"], "GetLead");
  EXPECT_FALSE(names[1].contains("method"));
}

TEST(ServiceConfigTest, ServersAreAskedForTheirHealthUnlessToldOtherwise) {
  const auto config = nlohmann::json::parse(ServiceConfigJson({}));
  EXPECT_EQ(config["healthCheckConfig"]["serviceName"], "");
  EXPECT_FALSE(nlohmann::json::parse(ServiceConfigJson({}, HealthChecks::kNo))
                   .contains("healthCheckConfig"));
}

TEST(ServiceConfigTest, WhatWouldMakeALameChannelIsRefusedAtStart) {
  for (const char* bad :
       {"", "{", "[]", R"({"methodConfig": 5})",
        R"({"methodConfig":[{"name":[{"service":"x"}],"timeout":"2s"}]})",
        R"({"methodConfig":[{"name":[{"service":"x"}],"retryPolicy":{"maxAttempts":1}}]})"}) {
    EXPECT_EQ(CheckServiceConfig(bad).code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  EXPECT_FALSE(MakeChannel({.target = "localhost:1", .service_config = "{"}).ok());
  EXPECT_FALSE(MakeChannel({}).ok());
}

TEST(ListenTest, OnlyLoopbackCountsAsLoopback) {
  for (const char* yes :
       {"127.0.0.1:0", "127.1.2.3:80", "localhost:7001", "[::1]:0", "unix:/tmp/x.sock"}) {
    EXPECT_TRUE(IsLoopback(yes)) << yes;
  }
  for (const char* no : {"0.0.0.0:0", "[::]:0", "10.0.0.1:5", "127.0.0.1.example.com:5",
                         "127.evil.example:5", "lead:7001", ":7001"}) {
    EXPECT_FALSE(IsLoopback(no)) << no;
  }
}

}  // namespace
}  // namespace crm::rpc

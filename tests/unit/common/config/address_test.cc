#include "common/config/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crm::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  const char* text;
  bool listen, http, target;
};

const std::string kLongLabel(64, 'a');
const std::string kLongPath = "unix:/" + std::string(107, 'a');

// Each text against each of the three rules.
const Case kCases[] = {
    {"127.0.0.1:7001", true, true, true},
    {"0.0.0.0:0", true, true, false},
    {"localhost:7001", true, true, true},
    {"lead.crm.svc.cluster.local.:7001", true, true, true},
    {"some_host-1:65535", true, true, true},
    {"[::1]:7001", true, false, true},
    {"[::]:0", true, false, false},
    {"[::ffff:10.0.0.1]:1", true, false, true},
    {"unix:/run/crm/lead.sock", true, false, true},
    {"unix:///run/crm/lead.sock", true, false, true},
    {"unix:lead.sock", true, false, true},
    {"unix:", false, false, false},
    {"unix://host/path", false, false, false},
    {"", false, false, false},
    {"7001", false, false, false},
    {":7001", false, false, false},
    {"127.0.0.1", false, false, false},
    {"127.0.0.1:", false, false, false},
    {"127.0.0.1:http", false, false, false},
    {"127.0.0.1:65536", false, false, false},
    {"127.0.0.1:99999", false, false, false},
    {"127.0.0.1:-1", false, false, false},
    {"127.0.0.1:+1", false, false, false},
    {"127.0.0.1:0s", false, false, false},
    {"127.0.0.1: 1", false, false, false},
    {"127.0.0.1:1,127.0.0.1:2", false, false, false},
    {"127.0.0.256:1", false, false, false},
    {"127.1:1", false, false, false},
    {"::1:7001", false, false, false},
    {"[::1]", false, false, false},
    {"[::1:7001", false, false, false},
    {"[::g]:1", false, false, false},
    {"[127.0.0.1]:1", false, false, false},
    {"a..b:1", false, false, false},
    {"-a:1", false, false, false},
    {"a b:1", false, false, false},
    {"http://lead:7001", false, false, false},
    {"lead:7001/", false, false, false},
    {"dns:///lead:7001", false, false, true},
    {"dns:///lead.crm.svc:7001", false, false, true},
    {"dns:lead:7001", false, false, true},
    {"dns://10.0.0.10/lead:7001", false, false, true},
    {"dns://10.0.0.10:53/lead:7001", false, false, true},
    {"dns://[fd00::a]:53/lead:7001", false, false, true},
    {"dns:///[::1]:7001", false, false, true},
    {"dns:///lead", false, false, false},
    {"dns:///lead:0", false, false, false},
    {"dns:///", false, false, false},
    {"dns://lead:7001", false, false, false},
    {"dns://a b/lead:7001", false, false, false},
    {"ipv4:10.0.0.1:7001", false, false, true},
    {"ipv4:10.0.0.1:7001,10.0.0.2:7001", false, false, true},
    {"ipv4:lead:7001", false, false, false},
    {"ipv4:10.0.0.1:7001,", false, false, false},
    {"ipv6:[::1]:7001,[fd00::1]:7001", false, false, true},
    {"ipv6:10.0.0.1:7001", false, false, false},
    {"xds:///lead", false, false, false},
    {kLongPath.c_str(), false, false, false},
};

TEST(Address, EachTextAgainstEachRule) {
  for (const Case& c : kCases) {
    EXPECT_EQ(!WrongListenAddress(c.text), c.listen) << c.text;
    EXPECT_EQ(!WrongHttpListenAddress(c.text), c.http) << c.text;
    EXPECT_EQ(!WrongChannelTarget(c.text), c.target) << c.text;
  }
}

TEST(Address, AServerIsAHostAndAPortAndNoTargetOfGrpc) {
  for (const char* good : {"collector:4317", "127.0.0.1:4317", "[::1]:4317", "otel.trace.svc:1"}) {
    EXPECT_FALSE(WrongServerAddress(good).has_value()) << good;
  }
  for (const char* wrong :
       {"dns:///collector:4317", "ipv4:127.0.0.1:4317", "unix:/run/collector",
        "http://collector:4317", "collector", "collector:0", "::1:4317", ":1"}) {
    EXPECT_TRUE(WrongServerAddress(wrong).has_value()) << wrong;
  }
}

TEST(Address, ALabelIsNotTooLong) {
  EXPECT_TRUE(WrongListenAddress(kLongLabel + ":1"));
  EXPECT_FALSE(WrongListenAddress(kLongLabel.substr(1) + ":1"));
}

TEST(Address, WhatWasGivenIsToldUnlessItMayHoldAPassword) {
  for (const auto rule :
       {WrongListenAddress, WrongHttpListenAddress, WrongChannelTarget, WrongServerAddress}) {
    EXPECT_THAT(*rule("lead:many"), HasSubstr("\"lead:many\""));
    EXPECT_THAT(*rule("postgresql://u:secret@h:1"), Not(HasSubstr("secret")));
  }
}

TEST(Address, ThatMetricsHaveNoIpv6IsSaid) {
  EXPECT_THAT(*WrongHttpListenAddress("[::]:9090"), HasSubstr("without IPv6"));
}

}  // namespace
}  // namespace crm::config

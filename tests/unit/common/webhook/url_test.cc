// Where webhooks may be sent.

#include "common/webhook/url.h"

#include <gtest/gtest.h>

#include "common/webhook/network.h"

namespace crm::webhook {
namespace {

TEST(Addresses, OnlyThoseOfThePublicInternetAreCalled) {
  for (const char* text : {"1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.0", "100.63.255.255",
                           "100.128.0.0", "169.253.255.255", "198.17.255.255", "198.20.0.0",
                           "223.255.255.255", "2606:4700::1111", "2a00::1", "2003::1"}) {
    EXPECT_TRUE(Address::Parse(text).value().IsPublic()) << text;
  }
  for (const char* text : {"0.0.0.0",
                           "10.0.0.1",
                           "100.64.0.1",
                           "127.0.0.1",
                           "127.255.255.254",
                           "169.254.169.254",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.88.99.1",
                           "192.168.1.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.1",
                           "203.0.113.1",
                           "224.0.0.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "::1",
                           "::ffff:10.0.0.1",
                           "::ffff:127.0.0.1",
                           "64:ff9b::a00:1",
                           "fc00::1",
                           "fd12::1",
                           "fe80::1",
                           "ff02::1",
                           "2001::1",
                           "2001:db8::1",
                           "2002:a00:1::",
                           "3fff::1",
                           "::ffff:169.254.169.254"}) {
    EXPECT_FALSE(Address::Parse(text).value().IsPublic()) << text;
  }
}

TEST(Addresses, AnOperatorAllowsNetworks) {
  AllowedAddresses allowed{{Network::Parse("10.20.0.0/16").value(),
                            Network::Parse("fd00:1::/32").value(),
                            Network::Parse("127.0.0.1/32").value()}};
  for (const char* text :
       {"10.20.0.0", "10.20.255.255", "::ffff:10.20.1.1", "fd00:1::5", "127.0.0.1", "1.1.1.1"}) {
    EXPECT_TRUE(allowed.Allow(Address::Parse(text).value())) << text;
  }
  for (const char* text : {"10.21.0.0", "10.19.255.255", "fd00:2::", "127.0.0.2", "::1"}) {
    EXPECT_FALSE(allowed.Allow(Address::Parse(text).value())) << text;
  }
}

TEST(Addresses, WhatIsNoNetworkIsTold) {
  for (const char* text : {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8",
                           "fd00::/129", "fd00::1/64", "localhost/8", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(Network::Parse(text).has_value()) << text;
  }
  EXPECT_TRUE(Network::Parse("0.0.0.0/0").has_value());
  EXPECT_TRUE(Network::Parse("::/0").has_value());
}

TEST(Urls, AreHttpOrHttpsWithoutUserAndFragment) {
  for (const char* text :
       {"https://example.com", "https://example.com/", "https://example.com:8443/a/b?c=d",
        "http://example.com/hook", "https://[2606:4700::1111]/x", "https://xn--bcher-kva.example/h",
        "HTTPS://EXAMPLE.com/a"}) {
    EXPECT_FALSE(WrongUrl(text).has_value()) << text << WrongUrl(text).value_or("");
  }
  for (const std::string text :
       {"", "example.com", "ftp://example.com/", "https://", "//example.com/",
        "https://user@example.com/", "https://user:word@example.com/", "https://example.com/#part",
        "https://exa mple.com/", "https://example.com/\n", "https://example.com/a\tb",
        "https://b\xc3\xbc"
        "cher.example/",
        "https://example.com:99999/", "file:///etc/passwd", "javascript:alert(1)",
        "https://example.com\\@evil.example/", "gopher://example.com/"}) {
    EXPECT_TRUE(WrongUrl(text).has_value()) << text;
  }
  const std::string start = "https://example.com/";
  EXPECT_FALSE(WrongUrl(start + std::string(kUrlLimit - start.size(), 'a')).has_value());
  EXPECT_TRUE(WrongUrl(start + std::string(kUrlLimit - start.size() + 1, 'a')).has_value());
}

// libcurl reads odd digits as addresses, so they are judged as such.
TEST(Urls, OfPrivateAddressesAreRefusedHoweverTheyAreWritten) {
  const UrlPolicy closed;
  for (const char* text :
       {"https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/", "https://2130706433/", "https://0x7f.1/",
        "https://0177.0.0.1/", "https://localhost/", "https://localhost:9000/",
        "http://example.com/"}) {
    EXPECT_TRUE(RefusedUrl(text, closed).has_value()) << text;
  }
  EXPECT_FALSE(RefusedUrl("https://example.com/", closed).has_value());
  EXPECT_FALSE(RefusedUrl("https://1.1.1.1/", closed).has_value());

  UrlPolicy open{.allow_http = true};
  open.addresses.networks.push_back(Network::Parse("127.0.0.0/8").value());
  EXPECT_FALSE(RefusedUrl("http://127.0.0.1:8080/x", open).has_value());
  EXPECT_FALSE(RefusedUrl("http://localhost:8080/x", open).has_value());
  EXPECT_TRUE(RefusedUrl("http://10.0.0.1/x", open).has_value());
}

}  // namespace
}  // namespace crm::webhook

#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/tls/credentials.h"
#include "tests/e2e/streams.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {

// One secured stack, as `up --secure` makes it: TLS, tokens, users of Redis, passwords of
// PostgreSQL.
class SecureTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { stack_ = std::make_unique<Stack>(StackOptions{.secure = true}); }
  static void TearDownTestSuite() { stack_.reset(); }

  // A shell line with the stack's variables; its output.
  static std::string Shell(const std::string& script) {
    const Outcome outcome = RunScript(stack_->Source() + script);
    EXPECT_EQ(outcome.code, 0) << script << "\n" << outcome.output;
    return outcome.output;
  }

  static std::string Token(const std::string& role, const std::string& options = "") {
    std::string token = Shell(
        absl::StrCat("deploy/local/token ", stack_->folder(), "/secrets ", role, " ", options));
    return token.substr(0, token.find('\n'));
  }

  static client::Client As(const std::string& role, const std::string& tenant = "default") {
    auto token = client::Token::Fixed(Token(role, "--tenant " + tenant));
    EXPECT_TRUE(token.ok()) << token.status();
    return ConnectTo(*stack_, {.token = token.ok() ? *token : nullptr});
  }

  // Certificate and key of `name` in place of a token.
  static client::Client ByCertificate(const std::string& name) {
    const std::string folder = absl::StrCat(stack_->folder(), "/secrets/", name);
    auto credentials =
        tls::ClientCredentials({folder + "/tls.crt", folder + "/tls.key", folder + "/ca.crt"});
    EXPECT_TRUE(credentials.ok()) << credentials.status();
    auto client =
        client::Client::Connect(Addresses(), {.tenant = "default"}, credentials.value_or(nullptr));
    EXPECT_TRUE(client.ok()) << client.status();
    return *client;
  }

  static client::Addresses Addresses() {
    return {stack_->Value("CRM_CONTACT_ADDRESS"), stack_->Value("CRM_LEAD_ADDRESS"),
            stack_->Value("CRM_OPPORTUNITY_ADDRESS")};
  }

  static int AccountsOf(const client::Client& client, const std::string& customer) {
    contact::v1::ListAccountsRequest request;
    request.set_filter("customer = " + customer);
    const auto page = client.Call(request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? page->accounts_size() : -1;
  }

  static std::string Password(const std::string& name) {
    std::ifstream file(stack_->folder() + "/secrets/passwords");
    for (std::string line; std::getline(file, line);) {
      if (absl::StartsWith(line, name + "=")) return line.substr(name.size() + 1);
    }
    return "none";
  }

  inline static std::unique_ptr<Stack> stack_;
};

}  // namespace crm::testing

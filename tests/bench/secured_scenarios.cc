#include "tests/bench/secured_scenarios.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "tests/bench/jobs.h"
#include "tests/bench/wall_scenarios.h"
#include "tests/support/command.h"
#include "tests/support/token_issuer.h"

namespace crm::bench {
namespace {

constexpr char kScopes[] = "crm.opportunities.read crm.opportunities.write";
// As many tokens as the service is shown for the first time after each start.
constexpr size_t kFreshTokens = 8000;

// An identity provider whose key set is a file in the stack's folder.
class Provider {
 public:
  explicit Provider(const std::string& folder)
      : key_("RS256", "bench"), file_(folder + "/jwks.json") {
    std::ofstream(file_) << testing::Jwks({&key_});
  }

  const std::string& file() const { return file_; }

  // `count` tokens, no two alike.
  std::vector<std::string> Mint(size_t count) const {
    std::vector<std::string> tokens(count);
    std::thread other([&] { MintSome(tokens, count / 2, count); });
    MintSome(tokens, 0, count / 2);
    other.join();
    return tokens;
  }

 private:
  void MintSome(std::vector<std::string>& tokens, size_t from, size_t to) const {
    nlohmann::json claims = testing::Claims("bench", "crm-bench", kScopes, absl::Now());
    for (size_t i = from; i < to; ++i) {
      claims["jti"] = absl::StrCat(i);
      tokens[i] = testing::Token(key_, claims);
    }
  }

  const testing::SigningKey key_;
  const std::string file_;
};

client::Caller By(const std::string& token) {
  return {"bench", "crm-bench", client::Token::Fixed(token).value()};
}

// What deploy/local/token gives for a secure stack.
client::Caller OfSecureStack(Field& field) {
  const testing::Outcome token =
      testing::RunScript(absl::StrCat("deploy/local/token ", field.stack().folder(),
                                      "/secrets manager --tenant bench --actor crm-bench"));
  if (token.code != 0) std::fprintf(stderr, "%s\n", token.output.c_str()), std::abort();
  return By(token.output);
}

// Restarts the opportunity service, so that it has seen no token yet.
void Restart(Field& field, const Provider* provider) {
  setenv("CRM_AUTH", provider == nullptr ? "none" : "token", 1);
  if (provider != nullptr) {
    setenv("CRM_JWKS_FILE", provider->file().c_str(), 1);
    setenv("CRM_TOKEN_ISSUER", testing::kIssuer, 1);
    setenv("CRM_TOKEN_AUDIENCE", testing::kAudience, 1);
  }
  field.stack().Kill("opportunity", SIGTERM);
  field.stack().Start();
  for (const char* name : {"AUTH", "JWKS_FILE", "TOKEN_ISSUER", "TOKEN_AUDIENCE"}) {
    unsetenv(absl::StrCat("CRM_", name).c_str());
  }
}

// One kind of protection: a median of these over the rounds is told.
struct Samples {
  std::vector<double> value = {};  // calls a second, or p50 in milliseconds with one in flight
  std::vector<double> service = {}, postgres = {}, client = {};  // µs of CPU a call
  std::string failed = {};

  void Take(const LoadResult& load, std::map<std::string, double> cpu, bool latency) {
    const double calls = static_cast<double>(std::max<int64_t>(1, load.ok));
    value.push_back(latency ? Quantile(load.millis, 0.5) : load.PerSecond());
    service.push_back(cpu["opportunity"] * 1e6 / calls);
    postgres.push_back(cpu["postgres"] * 1e6 / calls);
    client.push_back(cpu["client"] * 1e6 / calls);
    if (const std::string text = FailureText(load); !text.empty()) failed = text;
  }
};

struct SecuredCall {
  const char* name;
  int in_flight;
  Job job;
  Job job_with_tls;  // the same on another stack
  Samples open = {}, tokens = {}, tls = {};

  bool latency() const { return in_flight == 1; }
};

void MeasureInto(Samples& samples, Field& field, client::AsyncCalls& calls, const Job& job,
                 int in_flight, absl::Duration duration, uint64_t most = UINT64_MAX) {
  const auto meter = field.Meter();
  const LoadResult load = ClosedLoop(calls, job, in_flight, duration, most);
  samples.Take(load, meter->Stop(), in_flight == 1);
  field.Settle();
}

// All calls once as `caller`, after a second that does not count.
void Round(Field& field, const client::Caller& caller, std::vector<SecuredCall>& all,
           Job SecuredCall::*job, Samples SecuredCall::*samples) {
  const auto calls = field.ClientOf(caller);
  for (SecuredCall& call : all) {
    ClosedLoop(*calls, call.*job, call.in_flight, absl::Milliseconds(250));
  }
  field.Settle();
  for (SecuredCall& call : all) {
    MeasureInto(call.*samples, field, *calls, call.*job, call.in_flight,
                absl::Seconds(field.settings().seconds));
  }
}

// Each call with a token that the service has not seen.
void FirstSeen(Field& field, const std::vector<std::string>& tokens, Samples& samples) {
  size_t next = 0;
  const auto calls =
      field.ClientOf({"bench", "crm-bench",
                      client::Token::FromSource([&] { return tokens[next++ % tokens.size()]; })});
  MeasureInto(samples, field, *calls, GetSeeded(field.settings().rows), field.settings().in_flight,
              absl::Seconds(60), tokens.size());
}

std::string Remark(const Samples& with, const Samples& without) {
  const auto change = [](const std::vector<double>& from, const std::vector<double>& to) {
    return absl::StrFormat("%.1f → %.1f", Median(from), Median(to));
  };
  return absl::StrCat("µs of CPU: service ", change(without.service, with.service), ", PostgreSQL ",
                      change(without.postgres, with.postgres), ", client ",
                      change(without.client, with.client),
                      with.failed.empty() ? "" : "; " + with.failed);
}

void Tell(Field& field, const char* what, const SecuredCall& call, const Samples& with,
          bool wanted) {
  const char* const target = call.latency() ? "≤ 1.1" : "≥ 0.9";
  field.report().Add({.scenario = absl::StrCat(what, ": ", call.name),
                      .unit = call.latency() ? "ms p50" : "/s",
                      .value = Median(with.value),
                      .against = "open",
                      .baseline = Median(call.open.value),
                      .target = wanted ? target : "",
                      .remark = Remark(with, call.open)});
}

// Of Get: both its rows and its message are small, so that a token's share is the largest.
void TellOfToken(Field& field, const SecuredCall& get, const Samples& fresh) {
  const double remembered = Median(get.tokens.service);
  field.report().Add({.scenario = "the service's CPU per Get, with a token that it remembers",
                      .unit = "µs",
                      .value = remembered,
                      .against = "without tokens",
                      .baseline = Median(get.open.service),
                      .remark = absl::StrFormat("a token costs %.1f µs a call",
                                                remembered - Median(get.open.service))});
  field.report().Add({.scenario = "the service's CPU per Get, with a token that it has not seen",
                      .unit = "µs",
                      .value = Median(fresh.service),
                      .against = "one that it remembers",
                      .baseline = remembered,
                      .remark = absl::StrFormat("RS256, 2048 bits: %.0f µs once a token%s%s",
                                                Median(fresh.service) - remembered,
                                                fresh.failed.empty() ? "" : "; ", fresh.failed)});
}

std::vector<SecuredCall> SecuredCalls(int64_t rows, int many) {
  const int64_t quarter = rows / 4;
  const auto get = GetSeeded(rows);
  return {{"GetOpportunity", many, get, get},
          {"GetOpportunity, one in flight", 1, get, get},
          {"MoveOpportunity", many, MoveSeeded(2 * quarter, quarter),
           MoveSeeded(2 * quarter, quarter, 1)},
          {"MoveOpportunity, one in flight", 1, MoveSeeded(quarter, quarter),
           MoveSeeded(quarter, quarter, 1)}};
}

}  // namespace

// In turn, a round of each: a machine's speed changes within minutes.
void Secured(Field& field) {
  field.Seed(field.settings().rows);
  Field with_tls(field.settings(), {.secure = true});
  with_tls.Seed(field.settings().rows);
  const client::Caller tls_caller = OfSecureStack(with_tls);
  const Provider provider(field.stack().folder());
  const std::vector<std::string> fresh_tokens = provider.Mint(kFreshTokens);
  const client::Caller token_caller = By(provider.Mint(1)[0]);
  std::vector<SecuredCall> calls = SecuredCalls(field.settings().rows, field.settings().in_flight);
  Samples fresh;
  for (int round = 0; round < field.settings().rounds; ++round) {
    SetWalls(field, false);
    Restart(field, nullptr);
    Round(field, {"bench", "crm-bench"}, calls, &SecuredCall::job, &SecuredCall::open);
    SetWalls(field, true);
    Restart(field, &provider);
    Round(field, token_caller, calls, &SecuredCall::job, &SecuredCall::tokens);
    FirstSeen(field, fresh_tokens, fresh);
    Round(with_tls, tls_caller, calls, &SecuredCall::job_with_tls, &SecuredCall::tls);
  }
  Restart(field, nullptr);
  for (const SecuredCall& call : calls) {
    Tell(field, "tokens and row-level security", call, call.tokens, true);
  }
  for (const SecuredCall& call : calls) {
    Tell(field, "the same and TLS", call, call.tls, false);
  }
  TellOfToken(field, calls[0], fresh);
}

}  // namespace crm::bench

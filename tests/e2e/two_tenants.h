#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/pg/connection.h"
#include "tests/e2e/tenant_walls_cases.h"
#include "tests/fault/fleet.h"
#include "tests/support/postgres_server.h"
#include "tests/support/proto_tree.h"
#include "tests/support/redis_server.h"
#include "tests/support/token_issuer.h"

namespace crm::testing {

inline constexpr char kAlpha[] = "alpha";
inline constexpr char kBeta[] = "beta";
// In all texts of the first tenant, and in no others.
inline constexpr char kAlphasWord[] = "Alphorn";

// Whether it holds that word, in whatever form a text or an address is kept.
bool ShowsAlpha(const std::string& text);

// The real programs as they are in earnest, with TLS, tokens and walls, and two tenants of whom the
// first has something of everything: it has made the calls of WallCases(). Used by one thread.
class TwoTenants {
 public:
  TwoTenants();
  ~TwoTenants();

  struct Answer {
    grpc::Status status;
    std::unique_ptr<google::protobuf::Message> message;  // nullptr unless OK
    // All that it tells.
    std::string Text() const;
  };
  // One of WallCases(), with the tenant's token.
  Answer Call(const std::string& tenant, const WallCase& one) const;

  // A method of a server, as its reflection names it.
  struct Served {
    std::shared_ptr<grpc::Channel> channel;
    const google::protobuf::MethodDescriptor* method;
  };
  std::vector<Served> Methods() const;
  // Calls it with `name` in every field that holds a name.
  Answer Named(const std::string& tenant, const Served& served, const std::string& name) const;

  // Names of what the first tenant has, and their ids.
  std::vector<std::string> AlphasNames() const;
  std::vector<std::string> AlphasIds() const;
  // How many answers showed the first tenant its word when it was filled.
  int shown_to_alpha() const { return shown_to_alpha_; }

  // What the programs have logged so far.
  std::string Logged();

  // "crm_lead.activity" and so on: what belongs to tenants.
  std::vector<std::string> Tables() const;

  // Every row of a tenant, as text, once nothing goes on in the background: equal texts, equal
  // rows.
  std::string RowsOf(const std::string& tenant) const;

  // As superuser; fields parted by '|'.
  std::string Sql(const std::string& sql) const { return postgres_.Run(database_, sql); }

  // "crm_lead_app" in its schema.
  pg::ConnectionOptions As(const std::string& role) const;

 private:
  std::string SecureFlags();
  void Connect();
  void Fill(const WallCase& one);
  Answer Send(const std::string& tenant, const Served& served,
              const google::protobuf::Message& request) const;
  std::string Filled(const std::string& request, const std::string& tenant) const;
  std::shared_ptr<grpc::Channel> ChannelOf(const std::string& service) const;
  std::string RowsNow(const std::string& tenant) const;
  bool AllIsHeard() const;

  const std::string folder_;  // of certificates and the key set
  const SigningKey key_{"ES256", "key-1"};
  PostgresServer& postgres_ = PostgresServer::Shared();
  const std::string database_ = postgres_.CreateDatabase();
  RedisServer redis_;
  Fleet fleet_;
  std::map<std::string, std::string> tokens_;  // by tenant
  std::vector<std::shared_ptr<grpc::Channel>> channels_;
  std::map<std::string, std::string> words_;  // what $NAME stands for
  int shown_to_alpha_ = 0;
  mutable ProtoTree protos_;
};

}  // namespace crm::testing

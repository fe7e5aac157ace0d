// Certificates between programs: who gets a connection, and what happens when the files change.

#include "common/tls/certificates.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/base/clock.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/server_folder.h"

namespace crm::tls {
namespace {

using testing::Await;

// The certificate, in PEM, of the call that came last with one.
class Seen {
 public:
  void Note(std::string certificate) {
    absl::MutexLock lock(&mutex_);
    certificate_ = std::move(certificate);
  }
  std::string Last() const {
    absl::MutexLock lock(&mutex_);
    return certificate_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::string certificate_ ABSL_GUARDED_BY(mutex_);
};

// Answers every call with ALREADY_EXISTS and the SPIFFE id of who called.
class WhoCalls final : public grpc::CallbackGenericService {
 public:
  explicit WhoCalls(Seen& seen) : seen_(seen) {}

 private:
  struct Answer final : grpc::ServerGenericBidiReactor {
    void OnDone() override { delete this; }
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* call) override {
    std::string who = "nobody";
    for (const grpc::string_ref& pem : call->auth_context()->FindPropertyValues("x509_pem_cert")) {
      seen_.Note(std::string(pem.data(), pem.size()));
    }
    for (const grpc::string_ref& id : call->auth_context()->FindPropertyValues("peer_spiffe_id")) {
      who.assign(id.data(), id.size());
    }
    auto* const answer = new Answer();
    answer->Finish(grpc::Status(grpc::StatusCode::ALREADY_EXISTS, who));
    return answer;
  }

  Seen& seen_;
};

class CertificatesTest : public ::testing::Test {
 protected:
  CertificatesTest() { Issue("lead contact"); }
  ~CertificatesTest() override {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    std::filesystem::remove_all(folder_);
  }

  void Issue(const std::string& arguments, const std::string& authority = "ours") const {
    const auto outcome = testing::RunScript(
        absl::StrCat("deploy/local/certificates ", folder_, "/", authority, " ", arguments));
    if (outcome.code != 0) testing::Abort(outcome.output);
  }
  Files Of(const std::string& name, const std::string& authority = "ours") const {
    const std::string place = absl::StrCat(folder_, "/", authority, "/", name, "/");
    return {place + "tls.crt", place + "tls.key", place + "ca.crt"};
  }
  std::unique_ptr<Certificates> Open(const std::string& name) {
    auto opened = Certificates::Open(Of(name), base::SystemClock::Instance(), metrics_);
    if (!opened.ok()) testing::Abort(opened.status().ToString());
    return *std::move(opened);
  }
  std::pair<std::unique_ptr<grpc::Server>, int> Listen(
      std::shared_ptr<grpc::ServerCredentials> credentials) {
    grpc::ServerBuilder builder;
    int port = 0;
    services_.push_back(std::make_unique<WhoCalls>(seen_));  // each for one server only
    builder.RegisterCallbackGenericService(services_.back().get());
    builder.AddListeningPort("127.0.0.1:0", std::move(credentials), &port);
    auto server = builder.BuildAndStart();
    if (server == nullptr) testing::Abort("no server");
    return {std::move(server), port};
  }
  void Serve(std::shared_ptr<grpc::ServerCredentials> credentials) {
    std::tie(server_, port_) = Listen(std::move(credentials));
  }
  // A copy of the files as they are now.
  Files Kept(const std::string& name) const {
    testing::RunScript(absl::StrCat("cp -rL ", folder_, "/ours/", name, " ", folder_, "/kept"));
    const std::string place = folder_ + "/kept/";
    Files files = {place + "tls.crt", place + "tls.key", Of(name).authority};
    return files;
  }
  static std::string TextOf(const std::string& file) {
    return testing::RunScript("cat " + file).output;
  }
  // The number of the certificate that a server shows.
  static std::string Presented(int port) {
    return testing::RunScript(absl::StrCat("openssl s_client -connect 127.0.0.1:", port,
                                           " </dev/null 2>/dev/null | openssl x509 -noout -serial"))
        .output;
  }
  // What a call over a connection of its own gets: who it was taken for, or the code.
  std::string Call(const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                   int port = 0) const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    grpc::GenericStub stub(grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", port ? port : port_), credentials, arguments));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    grpc::CompletionQueue queue;
    grpc::ByteBuffer response;
    grpc::Status status;
    grpc::Slice slice("x");
    const auto call =
        stub.PrepareUnaryCall(&context, "/any/Method", grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    if (status.error_code() == grpc::StatusCode::ALREADY_EXISTS) return status.error_message();
    return absl::StrCat("code ", status.error_code());
  }
  std::string Metric(const std::string& name) const {
    const std::string text = metrics_.Text();
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? "" : text.substr(at + name.size() + 2, 1);
  }
  std::string Number(const Files& files) const {
    return testing::RunScript("openssl x509 -noout -serial -in " + files.certificate).output;
  }

  const std::string folder_ = [] {
    std::string name = "/tmp/crm-tls-XXXXXX";
    return std::string(mkdtemp(name.data()));
  }();
  metrics::Registry metrics_;
  Seen seen_;
  std::vector<std::unique_ptr<WhoCalls>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

constexpr char kUnavailable[] = "code 14";

TEST_F(CertificatesTest, ConnectionsAreForThoseWhomTheAuthorityHasCertified) {
  Issue("lead", "another");
  const auto ours = Open("contact");
  const Files nobody = {"", "", Of("lead").authority};
  const auto stranger = [&] {
    Files files = Of("lead", "another");
    files.authority = Of("lead").authority;
    return ChannelCredentials(files);
  };
  for (const ClientCertificates clients :
       {ClientCertificates::kIfGiven, ClientCertificates::kRequired}) {
    Serve(ours->Server(clients));
    const bool required = clients == ClientCertificates::kRequired;
    EXPECT_EQ(Call(*ClientCredentials(Of("lead"))), "spiffe://crm/lead");
    EXPECT_EQ(Call(ours->Channel()), "spiffe://crm/contact");
    EXPECT_EQ(Call(*ClientCredentials(nobody)), required ? kUnavailable : "nobody");
    EXPECT_EQ(Call(stranger()), kUnavailable);
    EXPECT_EQ(Call(*ClientCredentials(Of("lead", "another"))), kUnavailable);
    EXPECT_EQ(Call(grpc::InsecureChannelCredentials()), kUnavailable);
    server_->Shutdown(std::chrono::system_clock::now());
  }
}

TEST_F(CertificatesTest, WhatIsWrongIsSaidAtTheStart) {
  const auto error = [](const Files& files) {
    return std::string(ClientCredentials(files).status().message());
  };
  using ::testing::HasSubstr;
  Files files = Of("lead");
  files.key = Of("contact").key;
  EXPECT_EQ(error(files), "the key is not the certificate's");
  files.key = files.certificate;
  EXPECT_EQ(error(files), "there is no key in PEM without a password");
  files = Of("lead");
  files.certificate = files.key;
  EXPECT_EQ(error(files), "there is no certificate in PEM");
  files = Of("lead");
  files.authority = "/nowhere";
  EXPECT_EQ(error(files), "/nowhere cannot be read");
  const absl::StatusOr<Texts> texts = Read(Of("lead"));
  ASSERT_TRUE(texts.ok());
  const absl::Time now = absl::Now();
  EXPECT_TRUE(Check(*texts, now + absl::Hours(24 * 89)).ok());
  EXPECT_THAT(Check(*texts, now + absl::Hours(24 * 91)).status().message(),
              HasSubstr("the certificate ended at "));
}

// Calls without end, each over a connection of its own, until it is stopped.
class Callers {
 public:
  explicit Callers(std::function<std::string()> call) {
    for (int i = 0; i < 3; ++i) {
      threads_.emplace_back([this, call] {
        while (!stop_) Note(call());
      });
    }
  }
  ~Callers() { Stop(); }
  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  int Answered() const {
    absl::MutexLock lock(&mutex_);
    return answers_["spiffe://crm/lead"];
  }
  std::map<std::string, int> Answers() const {
    absl::MutexLock lock(&mutex_);
    return answers_;
  }

 private:
  void Note(const std::string& answer) {
    absl::MutexLock lock(&mutex_);
    ++answers_[answer];
  }

  std::atomic<bool> stop_{false};
  mutable absl::Mutex mutex_;
  mutable std::map<std::string, int> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

TEST_F(CertificatesTest, NoCallFailsWhileCertificatesAndAuthorityAreReplaced) {
  const auto server = Open("contact");
  const auto client = Open("lead");
  Serve(server->Server(ClientCertificates::kRequired));
  const auto credentials = client->Channel();
  Callers callers([&] { return Call(credentials); });
  const auto both_present_new_ones = [&] {
    const int before = callers.Answered();
    EXPECT_TRUE(Await(absl::Minutes(1), [&] {
      return seen_.Last() == TextOf(Of("lead").certificate) &&
             Presented(port_) == Number(Of("contact")) && callers.Answered() > before + 3;
    }));
  };
  const Files old = Kept("lead");
  Issue("lead contact");
  both_present_new_ones();
  // Another authority: first all trust it, then its certificates come, then the old one goes.
  Issue("lead contact", "next");
  ASSERT_EQ(testing::RunScript(absl::StrCat("cd ", folder_,
                                            "/ours; for name in lead contact; do "
                                            "cat ../next/authority.crt >>$name/ca.crt; done"))
                .code,
            0);
  Files newcomer = Of("lead", "next");
  newcomer.authority = Of("lead").authority;
  EXPECT_TRUE(Await(absl::Minutes(1),
                    [&] { return Call(ChannelCredentials(newcomer)) == "spiffe://crm/lead"; }));
  Files new_server = Of("contact", "next");
  new_server.authority = Of("contact").authority;
  const auto [other, other_port] =
      Listen(ServerCredentials(new_server, ClientCertificates::kIfGiven));
  EXPECT_TRUE(Await(absl::Minutes(1), [&, port = other_port] {
    return Call(credentials, port) == "spiffe://crm/lead";
  }));
  ASSERT_EQ(testing::RunScript(absl::StrCat("cd ", folder_,
                                            "/ours && cp authority.crt older.crt "
                                            "&& cp ../next/authority.* ."))
                .code,
            0);
  Issue("lead contact");
  both_present_new_ones();
  EXPECT_EQ(Call(*ClientCredentials(old)), "spiffe://crm/lead");
  Issue("--forget lead contact");
  EXPECT_TRUE(
      Await(absl::Minutes(1), [&] { return Call(ChannelCredentials(old)) == kUnavailable; }));
  both_present_new_ones();
  callers.Stop();
  EXPECT_EQ(callers.Answers().size(), 1u) << ::testing::PrintToString(callers.Answers());
  other->Shutdown(std::chrono::system_clock::now());
}

TEST_F(CertificatesTest, BadFilesCostNoConnection) {
  const auto server = Open("contact");
  Serve(server->Server(ClientCertificates::kRequired));
  const auto client = *ClientCredentials(Of("lead"));
  for (const std::string name : {"tls.crt", "tls.key", "ca.crt"}) {
    const std::string file = absl::StrCat(folder_, "/ours/contact/", name);
    std::filesystem::rename(file, file + ".good");
    EXPECT_TRUE(Await(absl::Minutes(1), [&] { return Metric("crm_tls_files_refused") == "1"; }));
    std::ofstream(file) << "nothing of use";
    EXPECT_EQ(Call(client), "spiffe://crm/lead");
    std::filesystem::rename(file + ".good", file);
    EXPECT_TRUE(Await(absl::Minutes(1), [&] { return Metric("crm_tls_files_refused") == "0"; }));
  }
  // A pair that is none: gRPC alone would refuse everybody now.
  std::filesystem::copy_file(Of("lead").certificate, Of("contact").certificate,
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(Await(absl::Minutes(1), [&] { return Metric("crm_tls_files_refused") == "1"; }));
  EXPECT_EQ(Call(client), "spiffe://crm/lead");
}

}  // namespace
}  // namespace crm::tls

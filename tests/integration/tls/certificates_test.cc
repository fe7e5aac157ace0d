// Certificates between programs: who gets a connection, and what happens when the files change.

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <thread>

#include "absl/time/clock.h"
#include "tests/integration/tls/certificates_fixture.h"
#include "tests/support/await.h"

namespace crm::tls {
namespace {

using testing::Await;

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
  files.authority = "/tmp";
  EXPECT_EQ(error(files), "/tmp cannot be read");
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

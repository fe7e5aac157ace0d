#pragma once

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/base/clock.h"
#include "common/tls/certificates.h"
#include "tests/support/command.h"
#include "tests/support/server_folder.h"

namespace crm::tls {

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

}  // namespace crm::tls

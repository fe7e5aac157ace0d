#include "common/tls/credentials.h"

#include <absl/time/clock.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "common/base/status.h"

namespace crm::tls {
namespace {

namespace grpc_tls = ::grpc::experimental;

constexpr unsigned kRefreshSeconds = 1;

std::shared_ptr<grpc_tls::CertificateProviderInterface> Watch(const Files& files) {
  return std::make_shared<grpc_tls::FileWatcherCertificateProvider>(
      files.key, files.certificate, files.authority, kRefreshSeconds);
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> ServerCredentials(const Files& files,
                                                           ClientCertificates clients) {
  grpc_tls::TlsServerCredentialsOptions options(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(clients == ClientCertificates::kRequired
                                    ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                    : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc_tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(const Files& files) {
  grpc_tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(files));
  options.watch_root_certs();
  if (!files.certificate.empty()) options.watch_identity_key_cert_pairs();
  return grpc_tls::TlsCredentials(options);
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> ClientCredentials(const Files& files) {
  CRM_ASSIGN_OR_RETURN(const Texts texts, Read(files));
  CRM_RETURN_IF_ERROR(Check(texts, absl::Now()).status());
  return ChannelCredentials(files);
}

}  // namespace crm::tls

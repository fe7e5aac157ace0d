#include "common/tls/certificates.h"

#include <absl/memory/memory.h>
#include <absl/strings/str_cat.h>

#include <utility>

#include "common/base/status.h"
#include "common/log/log.h"

namespace crm::tls {
namespace {

constexpr absl::Duration kPause = absl::Seconds(1);

std::string PairOf(const Texts& texts) { return absl::StrCat(texts.key, "\n", texts.certificate); }

metrics::Gauge& EndGauge(metrics::Registry& metrics, const char* of) {
  return metrics.GetGauge("crm_tls_expiry_timestamp_seconds",
                          "When the process's certificate, or the last of its authorities, ends.",
                          {{"of", of}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<Certificates>> Certificates::Open(const Files& files,
                                                                 const base::Clock& clock,
                                                                 metrics::Registry& metrics) {
  CRM_ASSIGN_OR_RETURN(Texts texts, Read(files));
  if (texts.certificate.empty() || texts.key.empty()) {
    return absl::InvalidArgumentError("certificate or key is empty");
  }
  CRM_ASSIGN_OR_RETURN(const Validity validity, Check(texts, clock.Now()));
  CRM_ASSIGN_OR_RETURN(AnonymousFile pair, AnonymousFile::Make(PairOf(texts)));
  CRM_ASSIGN_OR_RETURN(AnonymousFile authority, AnonymousFile::Make(texts.authority));
  auto opened = absl::WrapUnique(new Certificates(files, std::move(texts), std::move(pair),
                                                  std::move(authority), clock, metrics));
  opened->Show(validity);
  opened->thread_.emplace([self = opened.get()] { return self->LookAgain(); }, kPause);
  return opened;
}

Certificates::Certificates(const Files& files, Texts texts, AnonymousFile pair,
                           AnonymousFile authority, const base::Clock& clock,
                           metrics::Registry& metrics)
    : files_(files),
      texts_(std::move(texts)),
      pair_(std::move(pair)),
      authority_(std::move(authority)),
      clock_(clock),
      certificate_end_(EndGauge(metrics, "certificate")),
      authority_end_(EndGauge(metrics, "authority")),
      refused_(metrics.GetGauge("crm_tls_files_refused",
                                "1 while the files hold what cannot be used, and the process goes "
                                "on with what it read before.")) {}

std::shared_ptr<grpc::ServerCredentials> Certificates::Server(ClientCertificates clients) const {
  return ServerCredentials(given(), clients);
}

std::shared_ptr<grpc::ChannelCredentials> Certificates::Channel() const {
  return ChannelCredentials(given());
}

void Certificates::Show(const Validity& validity) {
  certificate_end_.Set(absl::ToDoubleSeconds(validity.certificate - absl::UnixEpoch()));
  authority_end_.Set(absl::ToDoubleSeconds(validity.authority - absl::UnixEpoch()));
  log::Info("certificate in use", {{"ends", absl::FormatTime(validity.certificate)},
                                   {"authority_ends", absl::FormatTime(validity.authority)}});
}

absl::Status Certificates::Look() {
  CRM_ASSIGN_OR_RETURN(Texts found, Read(files_));
  if (found == texts_) return absl::OkStatus();
  if (found.certificate.empty() || found.key.empty()) {
    return absl::InvalidArgumentError("certificate or key is empty");
  }
  CRM_ASSIGN_OR_RETURN(const Validity validity, Check(found, clock_.Now()));
  // First whom we trust: a new certificate may be the new authority's.
  CRM_RETURN_IF_ERROR(authority_.Replace(found.authority));
  CRM_RETURN_IF_ERROR(pair_.Replace(PairOf(found)));
  texts_ = std::move(found);
  Show(validity);
  return absl::OkStatus();
}

absl::Duration Certificates::LookAgain() {
  const absl::Status status = Look();
  refused_.Set(status.ok() ? 0 : 1);
  std::string refusal(status.message());
  if (!status.ok() && refusal != refusal_) {
    log::Warning("certificate files refused", {{"error", refusal}});
  }
  refusal_ = std::move(refusal);
  return kPause;
}

}  // namespace crm::tls

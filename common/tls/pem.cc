#include "common/tls/pem.h"

#include <absl/strings/str_cat.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <vector>

#include "common/base/file_text.h"
#include "common/base/status.h"

namespace crm::tls {
namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* thing) const {
    kFree(thing);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

// Otherwise OpenSSL would ask at the terminal.
int NoPassword(char*, int, int, void*) { return 0; }

Bio Open(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::vector<Certificate> CertificatesIn(const std::string& text) {
  std::vector<Certificate> found;
  const Bio bio = Open(text);
  while (X509* const one = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) {
    found.emplace_back(one);
  }
  ERR_clear_error();
  return found;
}

absl::Time EndOf(const X509& certificate) {
  std::tm time = {};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &time) != 1) return absl::InfinitePast();
  return absl::FromTM(time, absl::UTCTimeZone());
}

absl::Status Ended(absl::string_view what, absl::Time end) {
  return absl::InvalidArgumentError(absl::StrCat(what, " ended at ", absl::FormatTime(end)));
}

absl::StatusOr<absl::Time> CheckPair(const Texts& texts, absl::Time now) {
  const std::vector<Certificate> chain = CertificatesIn(texts.certificate);
  if (chain.empty()) return absl::InvalidArgumentError("there is no certificate in PEM");
  const Bio bio = Open(texts.key);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
  const bool fits = key != nullptr && X509_check_private_key(chain[0].get(), key.get()) == 1;
  ERR_clear_error();
  if (key == nullptr) {
    return absl::InvalidArgumentError("there is no key in PEM without a password");
  }
  if (!fits) return absl::InvalidArgumentError("the key is not the certificate's");
  const absl::Time end = EndOf(*chain[0]);
  if (end <= now) return Ended("the certificate", end);
  return end;
}

absl::Status ReadInto(const std::string& name, std::string* text) {
  if (name.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(*text, base::FileText(name));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Texts> Read(const Files& files) {
  Texts texts;
  CRM_RETURN_IF_ERROR(ReadInto(files.certificate, &texts.certificate));
  CRM_RETURN_IF_ERROR(ReadInto(files.key, &texts.key));
  CRM_RETURN_IF_ERROR(ReadInto(files.authority, &texts.authority));
  return texts;
}

absl::StatusOr<Validity> Check(const Texts& texts, absl::Time now) {
  Validity validity = {absl::InfiniteFuture(), absl::InfinitePast()};
  if (!texts.certificate.empty() || !texts.key.empty()) {
    CRM_ASSIGN_OR_RETURN(validity.certificate, CheckPair(texts, now));
  }
  const std::vector<Certificate> authorities = CertificatesIn(texts.authority);
  if (authorities.empty()) return absl::InvalidArgumentError("there is no authority in PEM");
  for (const Certificate& one : authorities) {
    validity.authority = std::max(validity.authority, EndOf(*one));
  }
  if (validity.authority <= now) return Ended("the authority", validity.authority);
  return validity;
}

}  // namespace crm::tls

#include "services/contact/domain/mail_domains.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "common/address/normal_forms.h"

namespace crm::contact {
namespace {

constexpr const char* kUsualMailDomains[] = {
#include "services/contact/domain/public_mail_domains.inc"
};

}  // namespace

MailDomains::MailDomains() : domains_(std::begin(kUsualMailDomains), std::end(kUsualMailDomains)) {
  std::sort(domains_.begin(), domains_.end());
}

MailDomains::MailDomains(absl::string_view lines) {
  for (absl::string_view line : absl::StrSplit(lines, '\n')) {
    std::string domain = address::NormalizeDomain(line.substr(0, line.find('#')));
    if (!domain.empty()) domains_.push_back(std::move(domain));
  }
  std::sort(domains_.begin(), domains_.end());
}

bool MailDomains::IsPublic(absl::string_view domain) const {
  return std::binary_search(domains_.begin(), domains_.end(), domain);
}

const MailDomains& UsualMailDomains() {
  static const MailDomains usual;
  return usual;
}

absl::string_view DomainOf(absl::string_view email) {
  const size_t at = email.rfind('@');
  return at == email.npos ? absl::string_view() : email.substr(at + 1);
}

}  // namespace crm::contact

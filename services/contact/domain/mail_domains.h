#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::contact {

// The mail domains of the public: who has an address there is nobody's colleague for it. A value.
class MailDomains {
 public:
  // The list that comes with the program (public_mail_domains.inc).
  MailDomains();
  // Another list, as of a file: one domain a line in any spelling, "#" begins a comment.
  explicit MailDomains(absl::string_view lines);

  // `domain` in its normal form.
  bool IsPublic(absl::string_view domain) const;
  size_t size() const { return domains_.size(); }

 private:
  std::vector<std::string> domains_;  // in order
};

// The list that comes with the program.
const MailDomains& UsualMailDomains();

// What stands behind the '@' of a normalized address.
absl::string_view DomainOf(absl::string_view email);

}  // namespace crm::contact

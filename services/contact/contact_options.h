#pragma once

#include <string>
#include <vector>

#include "common/config/options.h"
#include "services/contact/domain/mail_domains.h"
#include "services/contact/normalize/libphonenumber_normalizer.h"

namespace crm::contact {

// The contact program's own flags, as text.
struct ContactOptions {
  std::string lead_address;
  std::string opportunity_address;
  std::string phone_region;                       // "CH"; empty: none
  std::vector<std::string> tenant_phone_regions;  // "acme=CH"
  std::string public_mail_domains;                // a file; empty: those that the program knows
  std::string aged_out_events = "stop";           // serving::AgedOutNames
};

// The flags but for the neighbours' addresses, each with what it may be. `values` outlives the
// reading.
void AddContactOptions(config::Options& options, ContactOptions& values);

// What the flags ask for, once they were found right.
LibphonenumberNormalizer PhonesOf(const ContactOptions& options);
MailDomains MailDomainsOf(const ContactOptions& options);

}  // namespace crm::contact

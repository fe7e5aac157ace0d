#include "services/contact/contact_options.h"

#include <map>
#include <optional>
#include <utility>

#include "common/base/file_text.h"
#include "common/serving/subscription.h"

namespace crm::contact {
namespace {

using Regions = std::map<std::string, std::string, std::less<>>;

// Of "acme=CH" and the like; nothing if one is not that.
std::optional<Regions> TenantRegions(const std::vector<std::string>& pairs) {
  Regions regions;
  for (const std::string& pair : pairs) {
    const size_t at = pair.rfind('=');
    if (at == 0 || at == pair.npos || at + 1 == pair.size()) return std::nullopt;
    std::string region = pair.substr(at + 1);
    if (!LibphonenumberNormalizer::KnowsRegion(region)) return std::nullopt;
    regions[pair.substr(0, at)] = std::move(region);
  }
  return regions;
}

std::optional<std::string> CheckMailDomains(const ContactOptions& values) {
  if (values.public_mail_domains.empty() || base::FileText(values.public_mail_domains).ok()) {
    return std::nullopt;
  }
  return "public-mail-domains must be a file that can be read";
}

std::optional<std::string> CheckRegions(const ContactOptions& values) {
  if (!LibphonenumberNormalizer::KnowsRegion(values.phone_region)) {
    return "phone-region must be a country's two-letter code";
  }
  if (TenantRegions(values.tenant_phone_regions).has_value()) return std::nullopt;
  return "tenant-phone-regions must be pairs TENANT=REGION, a country's two-letter code";
}

}  // namespace

void AddContactOptions(config::Options& options, ContactOptions& values) {
  options
      .Text("phone-region",
            "country in which phone numbers without a country code are read, "
            "as CH; empty: such numbers are not understood",
            &values.phone_region)
      .List("tenant-phone-regions", "the same for single tenants, as acme=CH,globex=DE",
            &values.tenant_phone_regions)
      .Choice("aged-out-events",
              "what to do about stage events that left their service's log unread",
              &values.aged_out_events, serving::AgedOutNames())
      .Text("public-mail-domains",
            "file of the domains at which anybody may have a mailbox, one a line; empty: those "
            "that the program knows",
            &values.public_mail_domains)
      .Check([&values] { return CheckMailDomains(values); })
      .Check([&values] { return CheckRegions(values); });
}

LibphonenumberNormalizer PhonesOf(const ContactOptions& options) {
  return LibphonenumberNormalizer(options.phone_region,
                                  TenantRegions(options.tenant_phone_regions).value_or(Regions()));
}

MailDomains MailDomainsOf(const ContactOptions& options) {
  if (options.public_mail_domains.empty()) return MailDomains();
  return MailDomains(base::FileText(options.public_mail_domains).value_or(""));
}

}  // namespace crm::contact

#include "services/contact/normalize/libphonenumber_normalizer.h"

#include <phonenumbers/phonenumberutil.h>

#include <set>

namespace crm::contact {
namespace {

using ::i18n::phonenumbers::PhoneNumber;
using ::i18n::phonenumbers::PhoneNumberUtil;

constexpr char kNoRegion[] = "ZZ";

std::string WhyNotRead(PhoneNumberUtil::ErrorType error, const std::string& region) {
  switch (error) {
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return region == kNoRegion ? "has no country code, and its region is not known"
                                 : "has no country code that is known, and is none of the region";
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
      return "is too short";
    case PhoneNumberUtil::TOO_LONG_NSN:
      return "is too long";
    default:
      return "is not a telephone number";
  }
}

std::string WhyNotPossible(PhoneNumberUtil::ValidationResult result) {
  switch (result) {
    case PhoneNumberUtil::INVALID_COUNTRY_CODE:
      return "has no country code that is known";
    case PhoneNumberUtil::TOO_SHORT:
      return "is too short";
    case PhoneNumberUtil::TOO_LONG:
      return "is too long";
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
      return "lacks its area code";
    default:
      return "has no length that numbers there have";
  }
}

}  // namespace

bool LibphonenumberNormalizer::KnowsRegion(absl::string_view region) {
  if (region.empty()) return true;
  std::set<std::string> regions;
  PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
  return regions.count(std::string(region)) > 0;
}

std::string LibphonenumberNormalizer::RegionFor(absl::string_view region,
                                                absl::string_view tenant) const {
  if (!region.empty()) return std::string(region);
  const auto found = tenants_.find(tenant);
  if (found != tenants_.end()) return found->second;
  return region_.empty() ? kNoRegion : region_;
}

PhoneReading LibphonenumberNormalizer::Read(absl::string_view number, absl::string_view region,
                                            absl::string_view tenant) const {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber parsed;
  const std::string where = RegionFor(region, tenant);
  const auto error = util.Parse(std::string(number), where, &parsed);
  if (error != PhoneNumberUtil::NO_PARSING_ERROR) return {"", "", WhyNotRead(error, where)};
  const auto possible = util.IsPossibleNumberWithReason(parsed);
  if (possible != PhoneNumberUtil::IS_POSSIBLE) return {"", "", WhyNotPossible(possible)};
  PhoneReading reading;
  reading.extension = parsed.extension();
  util.Format(parsed, PhoneNumberUtil::E164, &reading.e164);
  return reading;
}

}  // namespace crm::contact

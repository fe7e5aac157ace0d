#include "services/contact/normalize/libphonenumber_normalizer.h"

#include <phonenumbers/phonenumberutil.h>

#include <set>

namespace crm::contact {
namespace {

using ::i18n::phonenumbers::PhoneNumber;
using ::i18n::phonenumbers::PhoneNumberUtil;

constexpr char kNoRegion[] = "ZZ";

}  // namespace

bool LibphonenumberNormalizer::KnowsRegion(absl::string_view region) {
  if (region.empty()) return true;
  std::set<std::string> regions;
  PhoneNumberUtil::GetInstance()->GetSupportedRegions(&regions);
  return regions.count(std::string(region)) > 0;
}

std::string LibphonenumberNormalizer::E164(absl::string_view number) const {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber parsed;
  const std::string region = region_.empty() ? kNoRegion : region_;
  if (util.Parse(std::string(number), region, &parsed) != PhoneNumberUtil::NO_PARSING_ERROR ||
      !util.IsPossibleNumber(parsed)) {
    return "";
  }
  std::string text;
  util.Format(parsed, PhoneNumberUtil::E164, &text);
  return text;
}

}  // namespace crm::contact

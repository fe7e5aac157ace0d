#include "clients/crmctl/arguments.h"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include "clients/crmctl/import/money_text.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {

std::string Arguments::Name(const std::string& text, const char* collection) {
  if (text.empty() || absl::StrContains(text, '/')) return text;
  return absl::StrCat(collection, "/", text);
}

void Arguments::SetTime(const char* flag, const std::string& text,
                        const std::function<google::protobuf::Timestamp*()>& target) {
  if (text.empty()) return;
  absl::Time time;
  absl::CivilDay day;
  if (text.size() == 10 && absl::ParseCivilTime(text, &day)) {
    time = absl::FromCivil(day, absl::UTCTimeZone());
  } else if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) {
    return Problem(flag, "must be a date (2026-03-01) or a time (2026-03-01T09:00:00Z)");
  }
  rpc::SetTime(time, target());
}

void Arguments::SetMoney(const char* flag, const std::string& text,
                         const std::function<type::v1::Money*()>& target) {
  if (text.empty()) return;
  const std::vector<std::string> parts = absl::StrSplit(text, ' ', absl::SkipEmpty());
  if (parts.size() == 2) {
    const std::string currency = absl::AsciiStrToUpper(parts[1]);
    if (const std::optional<int64_t> minor = ParseMinor(parts[0], currency, 1)) {
      target()->set_amount_minor(*minor);
      target()->set_currency_code(currency);
      return;
    }
  }
  Problem(flag, "must be an amount and a currency, e.g. '1054.00 USD'");
}

void Arguments::SetDate(const char* flag, const std::string& text,
                        const std::function<type::v1::Date*()>& target) {
  if (text.empty()) return;
  absl::CivilDay day;
  if (text.size() != 10 || !absl::ParseCivilTime(text, &day)) {
    return Problem(flag, "must be a date, e.g. 2026-03-01");
  }
  rpc::SetDay(day, target());
}

absl::StatusOr<bool> Confirmed(bool yes, const std::string& file) {
  if (yes) return true;
  if (!isatty(STDIN_FILENO) || file == "-") {
    return Usage(absl::InvalidArgumentError(
        "Nothing was changed: there is nobody to ask. --yes applies, --dry-run only shows."));
  }
  std::printf("Apply? [y/N] ");
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

client::Service ServiceNamed(const std::string& name) {
  if (name == "lead") return client::Service::kLead;
  return name == "opportunity" ? client::Service::kOpportunity : client::Service::kContact;
}

}  // namespace crm::crmctl

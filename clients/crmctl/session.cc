#include "clients/crmctl/session.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::crmctl {
namespace {

constexpr char kUsagePayload[] = "crmctl/usage";

using Variables = std::map<std::string, std::string>;

Variables ReadStack(std::istream& file) {
  Variables variables;
  std::string line;
  while (std::getline(file, line)) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos || line.starts_with('#')) continue;
    std::string value(absl::StripAsciiWhitespace(line.substr(equals + 1)));
    if (value.size() > 1 && (value.front() == '"' || value.front() == '\'') &&
        value.front() == value.back()) {
      value = value.substr(1, value.size() - 2);
    }
    variables[std::string(absl::StripAsciiWhitespace(line.substr(0, equals)))] = value;
  }
  return variables;
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

absl::StatusOr<Variables> StackOf(std::string asked) {
  if (asked.empty()) asked = Environment("CRM_STACK");
  const std::string place = asked.empty() ? "deploy/local/run" : asked;
  std::error_code ignored;
  const std::string path =
      std::filesystem::is_directory(place, ignored) ? absl::StrCat(place, "/stack.env") : place;
  std::ifstream file(path);
  if (file) return ReadStack(file);
  if (asked.empty()) return Variables();
  return error::FieldInvalid("--stack", absl::StrCat(path, " cannot be read"));
}

}  // namespace

absl::Status Complete(Settings* settings) {
  CRM_ASSIGN_OR_RETURN(Variables stack, StackOf(settings->stack));
  const std::pair<const char*, std::string*> wanted[] = {
      {"CRM_CONTACT_ADDRESS", &settings->addresses.contact},
      {"CRM_LEAD_ADDRESS", &settings->addresses.lead},
      {"CRM_OPPORTUNITY_ADDRESS", &settings->addresses.opportunity},
      {"CRM_REDIS_URL", &settings->redis_url}};
  for (const auto& [name, target] : wanted) {
    if (target->empty()) *target = Environment(name);
    if (target->empty()) *target = stack[name];
  }
  return absl::OkStatus();
}

absl::StatusOr<client::Client> Session::Client() const {
  return client::Client::Connect(settings.addresses, settings.caller);
}

absl::Status Usage(absl::Status status) {
  if (!status.ok()) status.SetPayload(kUsagePayload, absl::Cord());
  return status;
}

int ExitCodeOf(const absl::Status& status) {
  if (status.GetPayload(kUsagePayload)) return kExitUsage;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kExitUnreachable;
    default:
      return kExitFailed;
  }
}

}  // namespace crm::crmctl

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

// The one that was said closest to the call.
absl::Status TakeToken(Settings* settings, Variables& stack) {
  const std::pair<std::string, std::string> places[] = {
      {settings->token, settings->token_file},
      {Environment("CRM_TOKEN"), Environment("CRM_TOKEN_FILE")},
      {stack["CRM_TOKEN"], stack["CRM_TOKEN_FILE"]}};
  for (const auto& [token, file] : places) {
    if (token.empty() && file.empty()) continue;
    CRM_ASSIGN_OR_RETURN(settings->caller.token, token.empty() ? client::Token::FromFile(file)
                                                               : client::Token::Fixed(token));
    break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsOf(const Settings& settings) {
  if (settings.tls.authority.empty()) return nullptr;
  return tls::ClientCredentials(settings.tls);
}

}  // namespace

absl::Status Complete(Settings* settings) {
  CRM_ASSIGN_OR_RETURN(Variables stack, StackOf(settings->stack));
  const std::pair<const char*, std::string*> wanted[] = {
      {"CRM_CONTACT_ADDRESS", &settings->addresses.contact},
      {"CRM_LEAD_ADDRESS", &settings->addresses.lead},
      {"CRM_OPPORTUNITY_ADDRESS", &settings->addresses.opportunity},
      {"CRM_REDIS_URL", &settings->redis_url},
      {"CRM_TLS_CA", &settings->tls.authority},
      {"CRM_TLS_CERT", &settings->tls.certificate},
      {"CRM_TLS_KEY", &settings->tls.key}};
  for (const auto& [name, target] : wanted) {
    if (target->empty()) *target = Environment(name);
    if (target->empty()) *target = stack[name];
  }
  return TakeToken(settings, stack);
}

absl::StatusOr<client::Client> Session::Client() const {
  CRM_ASSIGN_OR_RETURN(const auto credentials, CredentialsOf(settings));
  return client::Client::Connect(settings.addresses, settings.caller, credentials);
}

absl::StatusOr<client::Channels> Session::Channels(client::Channels::Retries retries) const {
  CRM_ASSIGN_OR_RETURN(const auto credentials, CredentialsOf(settings));
  CRM_RETURN_IF_ERROR(client::CheckTokenIsSafe(settings.addresses, settings.caller, credentials));
  return client::Channels::Make(settings.addresses, retries, credentials);
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

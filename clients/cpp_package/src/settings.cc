#include "crm/pipeline/settings.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

namespace crm::pipeline {
namespace {

using Variables = std::map<std::string, std::string>;

std::string Environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? value : "";
}

Variables Read(std::istream& file) {
  Variables variables;
  for (std::string line; std::getline(file, line);) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(line, absl::MaxSplits('=', 1));
    if (line.empty() || line[0] == '#') continue;
    absl::string_view value = absl::StripAsciiWhitespace(parts.second);
    for (const absl::string_view quote : {"\"", "'"}) {
      if (value.size() > 1 && absl::StartsWith(value, quote) && absl::EndsWith(value, quote)) {
        value = value.substr(1, value.size() - 2);
      }
    }
    variables[std::string(absl::StripAsciiWhitespace(parts.first))] = std::string(value);
  }
  return variables;
}

absl::StatusOr<Variables> StackOf(std::string stack) {
  if (stack.empty()) stack = Environment("CRM_STACK");
  std::filesystem::path path = stack.empty() ? "deploy/local/run" : stack;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) path /= "stack.env";
  std::ifstream file(path);
  if (file) return Read(file);
  if (stack.empty()) return Variables();
  return absl::InvalidArgumentError(absl::StrCat(path.string(), " cannot be read"));
}

bool IsName(const std::string& text, size_t most) {
  return text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(c) || absl::StrContains("._@:-", absl::string_view(&c, 1));
         });
}

bool IsLoopback(absl::string_view host) {
  if (host == "localhost" || host == "[::1]" || host == "::1") return true;
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  return parts.size() == 4 && parts[0] == "127" &&
         std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
           return !part.empty() && std::all_of(part.begin(), part.end(), absl::ascii_isdigit);
         });
}

bool StaysHere(absl::string_view target) {
  if (target.empty() || absl::StartsWith(target, "unix:")) return true;
  for (const absl::string_view scheme : {"dns:///", "ipv4:", "ipv6:"}) {
    if (absl::ConsumePrefix(&target, scheme)) break;
  }
  for (const absl::string_view address : absl::StrSplit(target, ',')) {
    if (!IsLoopback(address.substr(0, address.rfind(':')))) return false;
  }
  return true;
}

}  // namespace

const char* NameOf(Server server) {
  static constexpr const char* kNames[] = {"contact", "lead", "opportunity"};
  return kNames[static_cast<int>(server)];
}

const std::string& Settings::Of(Server server) const {
  if (server == Server::kContact) return contact;
  return server == Server::kLead ? lead : opportunity;
}

absl::StatusOr<Settings> Settings::Find(Settings given, std::string stack) {
  absl::StatusOr<Variables> file = StackOf(std::move(stack));
  if (!file.ok()) return file.status();
  const std::pair<const char*, std::string*> wanted[] = {
      {"CRM_CONTACT_ADDRESS", &given.contact},
      {"CRM_LEAD_ADDRESS", &given.lead},
      {"CRM_OPPORTUNITY_ADDRESS", &given.opportunity},
      {"CRM_TENANT", &given.tenant},
      {"CRM_ACTOR", &given.actor},
      {"CRM_TLS_CA", &given.tls_ca},
      {"CRM_TLS_CERT", &given.tls_cert},
      {"CRM_TLS_KEY", &given.tls_key}};
  for (const auto& [name, target] : wanted) {
    if (target->empty()) *target = Environment(name);
    if (target->empty()) *target = (*file)[name];
  }
  // The one that was said closest to the call, whichever of the two it is.
  const std::pair<std::string, std::string> places[] = {
      {Environment("CRM_TOKEN"), Environment("CRM_TOKEN_FILE")},
      {(*file)["CRM_TOKEN"], (*file)["CRM_TOKEN_FILE"]}};
  for (const auto& [token, path] : places) {
    if (!given.token.empty() || !given.token_file.empty()) break;
    given.token = token;
    given.token_file = path;
  }
  if (absl::Status status = given.Check(); !status.ok()) return status;
  return given;
}

absl::Status Settings::Check() const {
  if (!IsName(tenant, 64) || !IsName(actor, 128)) {
    return absl::InvalidArgumentError(
        "tenant and actor: letters, digits and . _ @ : - only, at most 64 and 128 characters");
  }
  if ((token.empty() && token_file.empty()) || !tls_ca.empty()) return absl::OkStatus();
  for (int i = 0; i < kServers; ++i) {
    const auto server = static_cast<Server>(i);
    if (StaysHere(Of(server))) continue;
    return absl::InvalidArgumentError(absl::StrCat("the token would go to the ", NameOf(server),
                                                   " service in plain text; give tls_ca"));
  }
  return absl::OkStatus();
}

}  // namespace crm::pipeline

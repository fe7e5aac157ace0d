#include "common/pg/connection_url.h"

#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace crm::pg {
namespace {

// libpq takes the last of several settings of one name, so these come first.
constexpr char kPatience[] =
    "connect_timeout=3 keepalives=1 keepalives_idle=30 keepalives_interval=10 keepalives_count=3 "
    "tcp_user_timeout=20000";

// Where the query begins, behind a password that may hold a question mark.
size_t QueryMark(absl::string_view url, size_t scheme) {
  const size_t end_of_user = url.find_first_of("@/", scheme);
  const bool has_user = end_of_user != absl::string_view::npos && url[end_of_user] == '@';
  return url.find('?', has_user ? end_of_user : scheme);
}

bool IsUrl(absl::string_view url) {
  return absl::StartsWith(url, "postgresql://") || absl::StartsWith(url, "postgres://");
}

// Parameters whose values libpq knows by name, but looks at only when it connects.
struct Choices {
  const char* parameter;
  std::vector<absl::string_view> values;
};

const std::vector<Choices>& AllChoices() {
  static const auto* const kAll = new std::vector<Choices>{
      {"sslmode", {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}},
      {"target_session_attrs",
       {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"}},
      {"gssencmode", {"disable", "prefer", "require"}},
      {"channel_binding", {"disable", "prefer", "require"}}};
  return *kAll;
}

using Parameters = std::map<std::string, std::string>;

// nullopt if libpq cannot read it. Its own words may hold a password, so only their kind is kept.
std::optional<Parameters> ParametersOf(const std::string& url, std::string& wrong) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(
      PQconninfoParse(url.c_str(), &error), PQconninfoFree);
  if (parsed == nullptr) {
    const absl::string_view text = error == nullptr ? "" : error;
    const bool parameter = absl::StrContains(text, "query parameter") ||
                           absl::StrContains(text, "invalid connection option");
    wrong = parameter ? "has a parameter that PostgreSQL does not know"
                      : "must be postgresql://user:password@host:port/database, percent-encoded";
    PQfreemem(error);
    return std::nullopt;
  }
  Parameters parameters;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) parameters[option->keyword] = option->val;
  }
  return parameters;
}

std::optional<std::string> WrongPorts(const Parameters& parameters) {
  const auto found = parameters.find("port");
  if (found == parameters.end() || found->second.empty()) return std::nullopt;
  const std::vector<absl::string_view> ports = absl::StrSplit(found->second, ',');
  for (const absl::string_view port : ports) {
    int number = 0;
    if (port.empty()) continue;
    if (!absl::SimpleAtoi(port, &number) || number < 1 || number > 65535) {
      return "must have ports from 1 to 65535";
    }
  }
  const auto host = parameters.find(parameters.count("hostaddr") > 0 ? "hostaddr" : "host");
  const size_t hosts =
      host == parameters.end() ? 1 : 1 + std::count(host->second.begin(), host->second.end(), ',');
  if (ports.size() != 1 && ports.size() != hosts) return "must have one port for each host";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> WrongUrl(absl::string_view url) {
  if (!IsUrl(url) && absl::StrContains(url.substr(0, url.find_first_of("= ")), "://")) {
    return "must begin with postgresql://";
  }
  std::string wrong;
  const std::optional<Parameters> parameters = ParametersOf(std::string(url), wrong);
  if (!parameters.has_value()) return wrong;
  for (const Choices& choices : AllChoices()) {
    const auto found = parameters->find(choices.parameter);
    if (found == parameters->end() || found->second.empty()) continue;
    if (std::find(choices.values.begin(), choices.values.end(), found->second) ==
        choices.values.end()) {
      return absl::StrCat("must have one of these as its ", choices.parameter, ": ",
                          absl::StrJoin(choices.values, ", "));
    }
  }
  return WrongPorts(*parameters);
}

std::string WithPatience(absl::string_view url) {
  if (!IsUrl(url)) {
    return absl::StrCat(kPatience, " ", url);
  }
  const size_t mark = QueryMark(url, url.find("://") + 3);
  const std::string query = absl::StrReplaceAll(kPatience, {{" ", "&"}});
  if (mark == absl::string_view::npos) return absl::StrCat(url, "?", query);
  return absl::StrCat(url.substr(0, mark), "?", query, "&", url.substr(mark + 1));
}

}  // namespace crm::pg

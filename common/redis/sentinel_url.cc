#include "common/redis/sentinel_url.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/redis/address.h"
#include "common/redis/cluster_url.h"

namespace crm::redis {
namespace {

constexpr char kScheme[] = "redis+sentinel://";
constexpr int kSentinelPort = 26379;
constexpr char kNameLetters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

// Reads a URL part by part and keeps all that is wrong.
class Reader {
 public:
  SentinelUrl url;

  void ReadLogin(absl::string_view text) { Take(ParseLogin(text), url.login); }

  void ReadSentinels(absl::string_view text) {
    for (const absl::string_view one : absl::StrSplit(text, ',')) {
      Place place;
      Take(ParsePlace(one, kSentinelPort), place,
           absl::StrCat("Sentinel ", url.sentinels.size() + 1, ": "));
      url.sentinels.push_back(std::move(place));
    }
  }

  // "name" or "name/db".
  void ReadPath(absl::string_view text) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(text, absl::MaxSplits('/', 1));
    url.primary = std::string(parts.first);
    if (url.primary.empty()) {
      Fault("the primary's name, behind the slash, is missing");
    } else if (url.primary.find_first_not_of(kNameLetters) != std::string::npos) {
      Fault("the primary's name may have letters, digits, '.', '-' and '_'");
    }
    Take(ParseDb(parts.second), url.db);
  }

  void ReadQuery(absl::string_view text) {
    for (const absl::string_view parameter : absl::StrSplit(text, '&', absl::SkipEmpty())) {
      const std::pair<absl::string_view, absl::string_view> parts =
          absl::StrSplit(parameter, absl::MaxSplits('=', 1));
      const std::optional<std::string> value = DecodePercent(parts.second);
      if (parts.first != "sentinel_username" && parts.first != "sentinel_password") {
        Fault("parameters are sentinel_username and sentinel_password");
      } else if (!value.has_value()) {
        Fault(absl::StrCat(parts.first, " is not percent-encoded"));
      } else {
        Login& login = url.sentinel_login;
        (parts.first == "sentinel_username" ? login.user : login.password) = *value;
      }
    }
    if (!url.sentinel_login.user.empty() && url.sentinel_login.password.empty()) {
      Fault("sentinel_username needs sentinel_password");
    }
  }

  absl::StatusOr<SentinelUrl> Result() && {
    if (!faults_.empty()) return absl::InvalidArgumentError(absl::StrJoin(faults_, "; "));
    return std::move(url);
  }

 private:
  void Fault(absl::string_view what) { faults_.emplace_back(what); }

  template <class T>
  void Take(absl::StatusOr<T> read, T& to, absl::string_view where = "") {
    if (read.ok()) {
      to = *std::move(read);
    } else {
      Fault(absl::StrCat(where, read.status().message()));
    }
  }

  std::vector<std::string> faults_;
};

}  // namespace

bool SentinelUrl::Is(absl::string_view url) { return absl::StartsWith(url, kScheme); }

absl::StatusOr<SentinelUrl> SentinelUrl::Parse(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, kScheme)) {
    return absl::InvalidArgumentError(absl::StrCat("it must begin with ", kScheme));
  }
  Reader reader;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(url, absl::MaxSplits('?', 1));
  absl::string_view rest = parts.first;
  if (const size_t at = rest.rfind('@'); at != absl::string_view::npos) {
    reader.ReadLogin(rest.substr(0, at));
    rest.remove_prefix(at + 1);
  }
  const std::pair<absl::string_view, absl::string_view> places =
      absl::StrSplit(rest, absl::MaxSplits('/', 1));
  reader.ReadSentinels(places.first);
  reader.ReadPath(places.second);
  reader.ReadQuery(parts.second);
  return std::move(reader).Result();
}

absl::Status CheckUrl(absl::string_view url) {
  if (ClusterUrl::Is(url)) return ClusterUrl::Parse(url).status();
  return SentinelUrl::Is(url) ? SentinelUrl::Parse(url).status() : Address::Parse(url).status();
}

}  // namespace crm::redis

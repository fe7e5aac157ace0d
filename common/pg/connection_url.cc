#include "common/pg/connection_url.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

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

}  // namespace

std::string WithPatience(absl::string_view url) {
  if (!absl::StartsWith(url, "postgresql://") && !absl::StartsWith(url, "postgres://")) {
    return absl::StrCat(kPatience, " ", url);
  }
  const size_t mark = QueryMark(url, url.find("://") + 3);
  const std::string query = absl::StrReplaceAll(kPatience, {{" ", "&"}});
  if (mark == absl::string_view::npos) return absl::StrCat(url, "?", query);
  return absl::StrCat(url.substr(0, mark), "?", query, "&", url.substr(mark + 1));
}

}  // namespace crm::pg

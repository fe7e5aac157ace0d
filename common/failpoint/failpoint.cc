#include "common/failpoint/failpoint.h"

#ifdef CRM_FAILPOINTS

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace crm::failpoint {
namespace {

using Actions = std::map<std::string, std::string>;

const Actions& ActionsOfEnvironment() {
  static const Actions kActions = [] {
    const char* const text = std::getenv("CRM_FAILPOINTS");
    Actions actions;
    if (text == nullptr) return actions;
    for (const absl::string_view item : absl::StrSplit(text, ',', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> one = absl::StrSplit(item, absl::MaxSplits('=', 1));
      actions.insert(one);
    }
    return actions;
  }();
  return kActions;
}

}  // namespace

bool Reach(const char* place) {
  const auto found = ActionsOfEnvironment().find(place);
  if (found == ActionsOfEnvironment().end()) return false;
  // Past the log, which would lose it in a crash.
  const std::string line = absl::StrCat("failpoint ", place, " ", found->second, "\n");
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) return false;
  if (found->second == "crash") {
    kill(getpid(), SIGKILL);
    pause();  // until the signal has arrived
  }
  return found->second == "take";
}

}  // namespace crm::failpoint

#endif

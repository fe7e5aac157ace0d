#include "clients/crmctl/events/event_text.h"

#include <absl/strings/str_cat.h>

#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/print.h"

namespace crm::crmctl {

std::string Readable(absl::string_view stream, absl::string_view sequence,
                     const event::v1::StageChanged& change) {
  const char* bold = Coloured() ? "\033[1m" : "";
  const char* plain = Coloured() ? "\033[0m" : "";
  const std::string amount = FieldText(change, "amount_after");
  return absl::StrCat(stream, " #", sequence, "  ", FieldText(change, "effective_time"), "  ",
                      change.subject(), " v", change.version(), "  ",
                      change.from_stage().empty() ? "·" : change.from_stage(), " → ", bold,
                      change.to_stage(), plain, amount.empty() ? "" : "  ", amount,
                      change.reason().empty() ? "" : "  ", change.reason(),
                      change.actor().empty() ? "" : "  by ", change.actor());
}

}  // namespace crm::crmctl

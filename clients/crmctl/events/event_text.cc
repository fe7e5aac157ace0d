#include "clients/crmctl/events/event_text.h"

#include <absl/strings/str_cat.h>

#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/print.h"

namespace crm::crmctl {
namespace {

// "  owner anna → bert  next_step"; fields whose values are not published by name alone.
std::string ChangesText(const event::v1::StageChanged& change) {
  std::string text;
  for (const event::v1::FieldChange& it : change.changes()) {
    absl::StrAppend(&text, "  ", it.field());
    if (it.before().empty() && it.after().empty()) continue;
    absl::StrAppend(&text, " ", it.before().empty() ? "·" : it.before(), " → ",
                    it.after().empty() ? "·" : it.after());
  }
  return text;
}

}  // namespace

std::string Readable(absl::string_view stream, absl::string_view sequence,
                     const event::v1::StageChanged& change) {
  const char* bold = Coloured() ? "\033[1m" : "";
  const char* plain = Coloured() ? "\033[0m" : "";
  if (change.version() == 0 && change.changes_size() > 0) {
    return absl::StrCat(stream, " #", sequence, "  ", FieldText(change, "effective_time"), "  ",
                        change.subject(), " r", change.revision(), ChangesText(change),
                        change.actor().empty() ? "" : "  by ", change.actor());
  }
  const std::string amount = FieldText(change, "amount_after");
  return absl::StrCat(stream, " #", sequence, "  ", FieldText(change, "effective_time"), "  ",
                      change.subject(), " v", change.version(), "  ",
                      change.from_stage().empty() ? "·" : change.from_stage(), " → ", bold,
                      change.to_stage(), plain, amount.empty() ? "" : "  ", amount,
                      change.reason().empty() ? "" : "  ", change.reason(), ChangesText(change),
                      change.actor().empty() ? "" : "  by ", change.actor());
}

}  // namespace crm::crmctl

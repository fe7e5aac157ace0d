#include "common/event/entry_format.h"

namespace crm::event {

void EntryValues::Begin(redis::StreamId id) {
  text_.clear();
  ends_.clear();
  Text(id.ToString());
}

void EntryValues::Text(absl::string_view value) {
  Append([value](std::string& out) { out.append(value.data(), value.size()); });
}

}  // namespace crm::event

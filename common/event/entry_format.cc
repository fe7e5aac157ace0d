#include "common/event/entry_format.h"

namespace crm::event {

void EntryValues::Begin(redis::StreamId id) {
  packed_.clear();
  last_.clear();
  Text(id.ToString());
}

void EntryValues::Text(absl::string_view value) {
  Append([value](std::string& out) { out.append(value.data(), value.size()); });
}

void EntryValues::SetLength(size_t begin) {
  const size_t size = packed_.size() - begin - 2;
  packed_[begin] = static_cast<char>(size & 0xff);
  packed_[begin + 1] = static_cast<char>(size >> 8);
}

}  // namespace crm::event

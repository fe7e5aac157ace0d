#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/event/event.h"
#include "common/event/event_log.h"

// What the entries of a stream say is the matter of those who know what the payloads mean; they
// give it to relays and consumers in the forms below.
namespace crm::event {

// Fields that every entry has, whatever else: the event's id and the row's epoch, by which a
// publisher recognises it.
inline constexpr absl::string_view kIdField = "id";
inline constexpr absl::string_view kEpochField = "epoch";

struct EntryField {
  absl::string_view name;
  absl::string_view constant = {};  // its value, if all entries have the same; else empty
};

// The id of one entry and the values of its fields, given one by one.
class EntryValues {
 public:
  void Begin(redis::StreamId id);

  // The next value.
  void Text(absl::string_view value);
  void Number(int64_t value) { Text(absl::AlphaNum(value).Piece()); }
  template <class F>
  void Append(const F& append) {  // append(std::string& out)
    append(text_);
    ends_.push_back(text_.size());
  }

  // The id and all values, in order.
  template <class F>
  void ForEach(const F& each) const {  // each(absl::string_view value)
    size_t begin = 0;
    for (const size_t end : ends_) {
      each(absl::string_view(text_).substr(begin, end - begin));
      begin = end;
    }
  }

 private:
  std::string text_;  // one behind the other
  std::vector<size_t> ends_;
};

// Turns rows of the log into entries. The same row must give the same entry forever, since entries
// that Redis lost are published again. One thread at a time.
class EntryRenderer {
 public:
  virtual ~EntryRenderer() = default;

  // All fields of every entry, in their order; the last one has no constant.
  virtual absl::Span<const EntryField> fields() const = 0;

  // Gives `values` those of all fields that are not constant, in order. DATA_LOSS if the row's
  // payload is damaged.
  virtual absl::Status Render(const LogRow& row, EntryValues& values) = 0;

  // The W3C trace context of what made the row rendered last; empty if there is none.
  virtual absl::string_view trace() const { return {}; }
};

// The event in a stream entry. INVALID_ARGUMENT if the renderer cannot have made it.
using EntryDecoder = std::function<absl::StatusOr<Event>(const redis::StreamEntry& entry)>;

}  // namespace crm::event

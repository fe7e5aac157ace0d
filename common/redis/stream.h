#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/redis/connection.h"

namespace crm::redis {

// The id of an entry of a Redis stream, "<ms>-<seq>".
struct StreamId {
  int64_t ms = 0;
  int64_t seq = 0;

  static std::optional<StreamId> Parse(absl::string_view text);
  std::string ToString() const;
  friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

struct StreamEntry {
  StreamId id;
  Reply fields;  // name, value, name, value, …; see Reply::Field
};

// The result of XINFO STREAM. A missing key is an empty stream that never held anything.
struct StreamInfo {
  bool exists = false;
  int64_t length = 0;
  StreamId last_generated;
  std::optional<StreamEntry> last_entry;
};

// FAILED_PRECONDITION (WRONGTYPE) if the key holds something else; else the errors of Connection.
absl::StatusOr<StreamInfo> ReadStreamInfo(Connection& connection, absl::string_view key);

// At most `count` entries beyond `after`, oldest first. With nothing there, waits up to `block` for
// some (zero: does not wait) and then returns none. The socket's timeout is kept above `block`.
absl::StatusOr<std::vector<StreamEntry>> ReadStream(Connection& connection, absl::string_view key,
                                                    StreamId after, int count,
                                                    absl::Duration block);

// The entries of an XRANGE-like reply. INTERNAL if it has another shape.
absl::StatusOr<std::vector<StreamEntry>> EntriesOf(const Reply& reply);

}  // namespace crm::redis

#pragma once

#include <algorithm>
#include <cstddef>

namespace crm::serving {

// A page of a list ends at this size, however few things it holds, so that a client with gRPC's
// default limit of 4 MiB can read every page; the last thing on it may be as large as the rest of
// that.
inline constexpr size_t kPageBytes = 3 << 20;

// Puts things on a page: at most `limit` of them, at least one if there is one. `add` puts one into
// the response and returns its message. Returns how many are on it.
template <class Things, class Add>
size_t FillPage(const Things& things, size_t limit, const Add& add) {
  const size_t most = std::min<size_t>(things.size(), limit);
  size_t count = 0;
  for (size_t bytes = 0; count < most && bytes < kPageBytes; ++count) {
    bytes += add(things[count]).ByteSizeLong();
  }
  return count;
}

}  // namespace crm::serving

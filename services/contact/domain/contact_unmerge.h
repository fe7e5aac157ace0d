#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/contact/domain/contact_merge.h"

// How a merge is taken back.
namespace crm::contact {

inline constexpr absl::Duration kUnmergeLimit = absl::Hours(90 * 24);

// Takes back what `survivor` took from `contact`, which is itself again. `later`: what it took from
// others since, in order and still has; they then say what they would have taken without this one.
// What was changed since stays the survivor's: the fields' names are returned, and the addresses
// among it are taken from `contact`.
std::vector<std::string> GiveBack(Contact& survivor, Contact& contact, const Taken& taken,
                                  absl::Span<Taken* const> later);

}  // namespace crm::contact

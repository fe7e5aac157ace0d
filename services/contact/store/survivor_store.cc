#include "services/contact/store/survivor_store.h"

namespace crm::contact {
namespace {

using aggregate::Change;
using aggregate::Key;

// Whether a change may have been refused because its thing is part of another: by its state, or by
// an etag of the other.
template <class A>
bool MayBeOld(const Change<A>& change) {
  const absl::StatusCode code = change.outcome.status().code();
  return code == absl::StatusCode::kFailedPrecondition || code == absl::StatusCode::kAborted;
}

template <class A>
std::vector<Change<A>*> RefusedOf(absl::Span<Change<A>* const> changes) {
  std::vector<Change<A>*> refused;
  for (Change<A>* change : changes) {
    if (MayBeOld(*change)) refused.push_back(change);
  }
  return refused;
}

}  // namespace

template <class A>
void Resolving<A>::Update(absl::Span<Change<A>* const> changes, base::Deadline deadline) {
  things_.Update(changes, deadline);
  std::vector<Change<A>*> refused = RefusedOf(changes);
  for (int hop = 0; hop < kMostHops && !refused.empty(); ++hop) {
    std::vector<Key> keys;
    for (const Change<A>* change : refused) keys.push_back(change->key);
    const auto found = things_.Get(keys, deadline);
    std::vector<Change<A>*> again;
    for (size_t i = 0; i < refused.size(); ++i) {
      if (!found[i].ok() || !found[i]->merged_into.has_value()) continue;
      refused[i]->key.id = *found[i]->merged_into;
      again.push_back(refused[i]);
    }
    if (again.empty()) return;
    things_.Update(again, deadline);
    refused = RefusedOf<A>(again);
  }
}

template class Resolving<Contact>;
template class Resolving<Account>;

}  // namespace crm::contact

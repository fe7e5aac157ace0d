#pragma once

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/aggregate/repository.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// A merged thing is part of one that is part of none, unless that was merged between two looks.
inline constexpr int kMostHops = 4;

// The things of `keys` that `get(keys)` gives, in that order; of those that are part of others
// these others.
template <class A, class Get>
std::vector<absl::StatusOr<A>> GetSurvivors(absl::Span<const aggregate::Key> keys, const Get& get) {
  std::vector<absl::StatusOr<A>> found = get(keys);
  for (int hop = 0; hop < kMostHops; ++hop) {
    std::vector<aggregate::Key> heads;
    std::vector<size_t> places;
    for (size_t i = 0; i < found.size(); ++i) {
      if (!found[i].ok() || !found[i]->merged_into.has_value()) continue;
      heads.push_back({found[i]->tenant, *found[i]->merged_into});
      places.push_back(i);
    }
    if (heads.empty()) break;
    std::vector<absl::StatusOr<A>> survivors = get(absl::MakeConstSpan(heads));
    for (size_t i = 0; i < places.size(); ++i) found[places[i]] = std::move(survivors[i]);
  }
  return found;
}

// Things by any of their names: that of a thing that was merged into another stands for that other,
// in reads and in changes. Costs nothing where no name is old: reads look at what they read, and of
// changes only those that were refused are looked at again, so that a merged thing must refuse
// every change. Thread-safe; blocks.
template <class A>
class Resolving final : public aggregate::Repository<A> {
 public:
  // `things`, which takes names as they are, must outlive it.
  explicit Resolving(aggregate::Repository<A>& things) : things_(things) {}

  void Update(absl::Span<aggregate::Change<A>* const> changes, base::Deadline deadline) override;
  void Create(absl::Span<aggregate::Creation<A>* const> creations,
              base::Deadline deadline) override {
    things_.Create(creations, deadline);
  }
  std::vector<absl::StatusOr<A>> Get(absl::Span<const aggregate::Key> keys,
                                     base::Deadline deadline) override {
    return GetSurvivors<A>(
        keys, [&](absl::Span<const aggregate::Key> some) { return things_.Get(some, deadline); });
  }

 private:
  aggregate::Repository<A>& things_;
};

using ResolvingContacts = Resolving<Contact>;
using ResolvingAccounts = Resolving<Account>;

}  // namespace crm::contact

#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace crm::testing {

// Names, addresses, numbers and notes that tests have stored, to be looked for where they must not
// be. Only what can be recognised: of eight bytes or more, with a blank, an @, or digits enough for
// a telephone. Letters of any case are alike.
class PersonalWords {
 public:
  // Whether a text would be looked for.
  static bool IsRecognisable(absl::string_view text);

  void Add(absl::string_view text);
  // What stands in this text too is told by right, whenever it was added.
  void Allow(absl::string_view text);

  // Where the first of them is in `text`, with what stands around it; empty if none is. Costs some
  // ten nanoseconds a byte, however many words there are.
  std::string FirstIn(absl::string_view text) const;

 private:
  absl::flat_hash_set<std::string> words_;                   // in small letters
  std::string allowed_;                                      // the same
  absl::flat_hash_map<uint64_t, std::string> by_beginning_;  // all that begin with it, by '\n'
};

}  // namespace crm::testing

#pragma once

#include <cstdint>
#include <string>

#include "crm/contact/v1/contact.pb.h"

// Made-up persons for measuring how contacts are found. The same number always gives the same one.
namespace crm::bench {

// With a name of one of five scripts (half of them in Latin letters, many with accents), about
// fifteen namesakes in a million, a firm's address, a Swiss mobile number and an external id.
contact::v1::Contact PersonOf(uint64_t n);

// How the same person comes to be written down another time.
enum class Blemish {
  kTypingError,     // two letters of a name swapped, one missing or one too many
  kSwappedNames,    // family name first
  kMissingAccents,  // ó as o
  kPhoneNotation,   // with an initial and another address, the number written otherwise
};
inline constexpr Blemish kBlemishes[] = {Blemish::kTypingError, Blemish::kSwappedNames,
                                         Blemish::kMissingAccents, Blemish::kPhoneNotation};
const char* NameOf(Blemish blemish);

// Whether the person can be written down so: typing errors are made in names of five letters and
// more, accents are missed where there are some.
bool CanHave(const contact::v1::Contact& person, Blemish blemish);

// The person as written down another time: another address of the same firm, no external id, and
// unless the blemish is about it no number.
contact::v1::Contact Blemished(const contact::v1::Contact& person, Blemish blemish, uint64_t n);

}  // namespace crm::bench

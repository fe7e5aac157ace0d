#pragma once

#include <string>

#include "absl/strings/string_view.h"

// The forms in which what people type is compared. Each is its own normal form; empty says that the
// text is none of the kind.
namespace crm::address {

// An e-mail address. The local part: NFKC, case folded (RFC 6532; every large provider compares it
// so), 1 to 64 bytes, dots neither at its ends nor in a row, none of the characters that RFC 5321
// wants quoted. Quoted, these are allowed, but for white space; needless quotes are dropped. The
// domain as below.
std::string NormalizeEmail(absl::string_view address);

// An internet domain by IDNA 2008 (UTS 46, non-transitional), its letters as readers see them:
// "münchen.de", also for "xn--mnchen-3ya.de". Lower case, without "www." and a final dot, at least
// two labels, at most 253 bytes in ASCII. An URL is taken for its host.
std::string NormalizeDomain(absl::string_view domain);

}  // namespace crm::address

#pragma once

// Places at which a test makes a program stumble. Programs that ship have none: unless they are
// compiled with CRM_FAILPOINTS, the macros are nothing and failpoint.cc is not part of them.
//
// What happens where says the environment variable CRM_FAILPOINTS, "place=action" joined by commas:
//   crash   the process is killed, as by SIGKILL
//   take    CRM_FAILS_AT is true: the code behaves as its place says
// What happens is told in a line on standard error, "failpoint <place> <action>", so that a test
// can fail when its fault never happened.
#ifdef CRM_FAILPOINTS

namespace crm::failpoint {

// Does what the environment says for `place`; whether that is "take". Thread-safe.
bool Reach(const char* place);

}  // namespace crm::failpoint

#define CRM_FAILPOINT(place) static_cast<void>(::crm::failpoint::Reach(place))
#define CRM_FAILS_AT(place) ::crm::failpoint::Reach(place)

#else

#define CRM_FAILPOINT(place) static_cast<void>(0)
#define CRM_FAILS_AT(place) false

#endif

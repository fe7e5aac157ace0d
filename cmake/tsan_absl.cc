// Tells ThreadSanitizer about Abseil's locks. Debian's Abseil is not instrumented, so without this
// every field that an absl::Mutex guards would look like a race. Linked into all programs of the
// tsan preset; each function stands in front of the library's own and adds the happens-before edge.

#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

namespace {

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void Acquire(const void* at) { __tsan_acquire(const_cast<void*>(at)); }
void Release(const void* at) { __tsan_release(const_cast<void*>(at)); }

}  // namespace

namespace {

// What is locked: the object itself, or the mutex given to a condition variable.
const void* Held(const void* self) { return self; }
template <typename... Rest>
const void* Held(const void* self, const absl::Condition&, Rest...) {
  return self;
}
template <typename... Rest>
const void* Held(const void*, absl::Mutex* mutex, Rest...) {
  return mutex;
}
const void* Held(const void* self, absl::Duration) { return self; }
const void* Held(const void* self, absl::Time) { return self; }

}  // namespace

// The parameters are those of the mangled member function, `this` first.
#define CRM_WRAP_(result, name, parameters, arguments, before, after) \
  extern "C" result name parameters {                                 \
    static auto* const next = Next<result parameters>(#name);         \
    before;                                                           \
    struct After {                                                    \
      const void* self;                                               \
      const void* held;                                               \
      ~After() { after; }                                             \
    } const at_end{self, Held arguments};                             \
    (void)at_end;                                                     \
    return next arguments;                                            \
  }

#define CRM_LOCK(result, name, parameters, arguments) \
  CRM_WRAP_(result, name, parameters, arguments, (void)0, Acquire(held))
#define CRM_UNLOCK(result, name, parameters, arguments) \
  CRM_WRAP_(result, name, parameters, arguments, Release(self), (void)0)
#define CRM_WAIT(result, name, parameters, arguments) \
  CRM_WRAP_(result, name, parameters, arguments, Release(Held arguments), Acquire(held))

using absl::Condition;
using absl::Duration;
using absl::Mutex;
using absl::Time;

CRM_LOCK(void, _ZN4absl7debian35Mutex4LockEv, (void* self), (self))
CRM_LOCK(void, _ZN4absl7debian35Mutex10ReaderLockEv, (void* self), (self))
CRM_LOCK(bool, _ZN4absl7debian35Mutex7TryLockEv, (void* self), (self))
CRM_LOCK(bool, _ZN4absl7debian35Mutex13ReaderTryLockEv, (void* self), (self))
CRM_LOCK(void, _ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE,
         (void* self, const Condition& condition), (self, condition))
CRM_LOCK(bool, _ZN4absl7debian35Mutex19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE,
         (void* self, const Condition& condition, Duration limit), (self, condition, limit))
CRM_LOCK(bool, _ZN4absl7debian35Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE,
         (void* self, const Condition& condition, Time limit), (self, condition, limit))
CRM_UNLOCK(void, _ZN4absl7debian35Mutex6UnlockEv, (void* self), (self))
CRM_UNLOCK(void, _ZN4absl7debian35Mutex12ReaderUnlockEv, (void* self), (self))
CRM_WAIT(void, _ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE,
         (void* self, const Condition& condition), (self, condition))
CRM_WAIT(bool, _ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE,
         (void* self, const Condition& condition, Duration limit), (self, condition, limit))
CRM_WAIT(bool, _ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE,
         (void* self, const Condition& condition, Time limit), (self, condition, limit))
CRM_WAIT(void, _ZN4absl7debian37CondVar4WaitEPNS0_5MutexE, (void* self, Mutex* mutex),
         (self, mutex))
CRM_WAIT(bool, _ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE,
         (void* self, Mutex* mutex, Duration limit), (self, mutex, limit))
CRM_WAIT(bool, _ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE,
         (void* self, Mutex* mutex, Time limit), (self, mutex, limit))
CRM_UNLOCK(void, _ZN4absl7debian312Notification6NotifyEv, (void* self), (self))
CRM_LOCK(void, _ZNK4absl7debian312Notification19WaitForNotificationEv, (const void* self), (self))
CRM_LOCK(bool, _ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE,
         (const void* self, Duration limit), (self, limit))
CRM_LOCK(bool, _ZNK4absl7debian312Notification31WaitForNotificationWithDeadlineENS0_4TimeE,
         (const void* self, Time limit), (self, limit))
CRM_WAIT(bool, _ZN4absl7debian315BlockingCounter14DecrementCountEv, (void* self), (self))
CRM_LOCK(void, _ZN4absl7debian315BlockingCounter4WaitEv, (void* self), (self))

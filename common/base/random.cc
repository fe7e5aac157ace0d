#include "common/base/random.h"

#include <absl/random/random.h>

namespace crm::base {

uint64_t RandomBits() {
  thread_local absl::BitGen generator;
  return generator();
}

}  // namespace crm::base

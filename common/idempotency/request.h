#pragma once

#include <string>

#include "common/base/uuid.h"

namespace crm::idempotency {

// What makes a writing call repeatable (AIP-155): the caller's id, and a hash over the method and
// the whole request, so that the id cannot be used for something else.
struct Request {
  base::Uuid id;
  std::string hash;  // 16 bytes
};

// The first answer to a request: the serialized response message.
struct StoredAnswer {
  std::string hash;
  std::string bytes;
};

}  // namespace crm::idempotency

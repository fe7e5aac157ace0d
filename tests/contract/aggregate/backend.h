#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "tests/contract/aggregate/note.h"
#include "tests/support/fake_clock.h"

namespace crm::testing {

// A repository and where its stage history can be read.
struct Subject {
  std::unique_ptr<aggregate::Repository<Note>> repository;
  std::function<std::vector<std::string>(const base::Uuid&)> history;  // "from>to", in order
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual Subject Make() = 0;
  FakeClock clock;
};

// "memory", or "postgres": on a database of its own.
std::unique_ptr<Backend> MakeBackend(const std::string& kind);

}  // namespace crm::testing

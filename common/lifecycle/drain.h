#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace crm::lifecycle {

// The ordered steps by which a process comes to rest: stop being asked, finish what was asked, stop
// the background work, close the connections. Used by one thread.
class Drain {
 public:
  // Steps run in the order they were added. `name` is for the log.
  void Add(std::string name, std::function<void()> step);

  // Runs and forgets every step, logging each with its duration. A step that throws is logged and
  // does not keep the others from running. Blocks as long as the steps do.
  void Run();

 private:
  std::vector<std::pair<std::string, std::function<void()>>> steps_;
};

}  // namespace crm::lifecycle

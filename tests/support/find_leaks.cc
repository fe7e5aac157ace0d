// Usage: find_leaks STACK, for tests that are no programs of ours: looks through what a running
// local stack has told, as tests/support/leaks.h says, and through the errors in what clients have
// said, which it reads from its input. Prints what is found; exit code 1 if anything is.

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

#include "tests/support/leaks.h"
#include "tests/support/stack.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string said(std::istreambuf_iterator<char>(std::cin), {});
  crm::testing::KeepTold("errors of calls", crm::testing::ErrorsIn(said));
  crm::testing::KeepToldByStack(argv[1]);
  const auto leaks = crm::testing::TakeLeaks();
  for (const std::string& leak : leaks) std::printf("personal data in %s\n", leak.c_str());
  return leaks.empty() ? 0 : 1;
}

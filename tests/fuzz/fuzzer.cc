// libFuzzer over one of the targets: crm_fuzz --target=NAME, then libFuzzer's own options.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/strings/strip.h"
#include "tests/fuzz/target.h"

namespace {

const crm::fuzz::Target* target = nullptr;

}  // namespace

// Abseil's containers tell the sanitizer which of their bytes are in use; libraries that were
// compiled without it share them, and tell nothing.
extern "C" const char* __asan_default_options() { return "allow_user_poisoning=0"; }

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  for (int i = 1; i < *count; ++i) {
    absl::string_view name = (*arguments)[i];
    if (absl::ConsumePrefix(&name, "--target=")) target = crm::fuzz::FindTarget(name);
  }
  if (target != nullptr) return 0;
  std::fputs("crm_fuzz --target=NAME [libFuzzer's options] [folder...]; there are\n", stderr);
  for (const auto& each : crm::fuzz::Targets()) std::puts(std::string(each.name).c_str());
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  target->run(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}

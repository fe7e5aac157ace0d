// Every input of the corpus, and so each that ever broke something, in an ordinary build.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "tests/fuzz/target.h"

namespace crm::fuzz {
namespace {

const std::filesystem::path kCorpus = "tests/fuzz/corpus";

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

TEST(FuzzCorpusTest, EveryTargetTakesItsInputs) {
  for (const Target& target : Targets()) {
    int inputs = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(kCorpus / std::string(target.name))) {
      SCOPED_TRACE(file.path());
      target.run(ReadAll(file.path()));
      ++inputs;
    }
    EXPECT_GT(inputs, 0) << target.name;
  }
}

TEST(FuzzCorpusTest, EveryFolderIsATargets) {
  for (const auto& folder : std::filesystem::directory_iterator(kCorpus)) {
    EXPECT_NE(FindTarget(folder.path().filename().string()), nullptr) << folder;
  }
}

TEST(FuzzCorpusTest, EveryTargetTakesNothing) {
  for (const Target& target : Targets()) target.run("");
}

}  // namespace
}  // namespace crm::fuzz

#include "common/base/file_text.h"

#include <gtest/gtest.h>

#include <fstream>

namespace crm::base {
namespace {

TEST(FileTextTest, TellsAllOfAFile) {
  const std::string path = ::testing::TempDir() + "/file_text";
  const std::string text("a\0\n\xff", 4);
  std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(*FileText(path), text);
  std::ofstream(path, std::ios::trunc).close();
  EXPECT_EQ(*FileText(path), "");
}

TEST(FileTextTest, WhatIsNoFileCannotBeRead) {
  const std::string folder = ::testing::TempDir();
  EXPECT_EQ(FileText(folder).status(), absl::NotFoundError(folder + " cannot be read"));
  EXPECT_EQ(FileText("/gone/x").status(), absl::NotFoundError("/gone/x cannot be read"));
  EXPECT_FALSE(OpenFile(folder).ok());
}

}  // namespace
}  // namespace crm::base

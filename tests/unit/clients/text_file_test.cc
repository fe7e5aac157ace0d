#include "clients/crmctl/import/text_file.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "clients/crmctl/import/key_index.h"
#include "clients/crmctl/import/row_log.h"
#include "common/base/text.h"

namespace crm::crmctl {
namespace {

using testing::ElementsAre;

class TextFileTest : public testing::Test {
 protected:
  TextFileTest() {
    std::string pattern = testing::TempDir() + "/textXXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~TextFileTest() override { std::filesystem::remove_all(folder_); }

  absl::StatusOr<std::string> Read(const std::string& bytes, absl::string_view encoding,
                                   const std::function<bool()>& stop = nullptr) {
    std::ofstream(folder_ + "/f", std::ios::binary) << bytes;
    const auto file = TextFile::Open(folder_ + "/f", encoding, stop);
    if (!file.ok()) return file.status();
    std::string text;
    // In small pieces, as if it were large.
    while ((*file)->Read(static_cast<int64_t>(text.size()), 7, &text) &&
           static_cast<int64_t>(text.size()) < (*file)->size()) {
    }
    return text;
  }

  std::string folder_;
};

TEST_F(TextFileTest, EncodingsByMarkAndName) {
  EXPECT_EQ(*Read("\xEF\xBB\xBF\xEF\xBB\xBFé", ""), "é");
  EXPECT_EQ(*Read("\xEF\xBB\xBFé", "windows-1252"), "é") << "the mark counts";
  EXPECT_EQ(*Read(std::string("\xFF\xFE\xe9\0;\0", 6), ""), "é;");
  EXPECT_EQ(*Read(std::string("\xFE\xFF\0\xe9", 4), "windows-1252"), "é");
  EXPECT_EQ(*Read("\x80 caf\xe9", "windows-1252"), "€ café");
  EXPECT_EQ(*Read("\x83\x65\x83\x58\x83\x67", "shift_jis"), "テスト");
  EXPECT_EQ(*Read("caf\xe9", ""), "caf\xe9") << "as it is";
  EXPECT_EQ(*Read("", ""), "");
  EXPECT_EQ(Read("x", "latin-99").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(TextFile::Open(folder_, "", nullptr).status().code(), absl::StatusCode::kNotFound);
}

// A character may lie on both sides of the border between two pieces.
TEST_F(TextFileTest, LargeFilesAreConvertedInPieces) {
  std::string wide = "\xFF\xFE";
  std::string narrow = "x";
  for (int i = 0; i < 700'000; ++i) wide += std::string("\x3d\xd8\x00\xde", 4);  // 😀
  wide.insert(2, std::string("x\0", 2));
  for (int i = 0; i < 700'000; ++i) narrow += "😀";
  const auto read = Read(wide, "");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(*read == narrow);
  EXPECT_TRUE(absl::IsCancelled(Read(wide, "", [] { return true; }).status()));
}

TEST_F(TextFileTest, SaysWhatBytesLookLike) {
  EXPECT_EQ(LikelyEncoding("caf\xe9 con le\xf1\x61\n"), "windows-1252");
  EXPECT_EQ(LikelyEncoding(std::string("I\0d\0,\0\xe9\0\n\0", 10)), "utf-16le");
  EXPECT_EQ(LikelyEncoding(std::string("\0I\0d\0,\x4e\x2d\0\n", 10)), "utf-16be");
  EXPECT_EQ(WideEncoding(std::string("a\0bc\0d", 6)), "") << "zeros at both sides";
  EXPECT_EQ(WideEncoding("Id,Name\n1,Acme\n"), "");
  EXPECT_EQ(WideEncoding(""), "");
}

TEST(KeyIndexTest, FindsTheFirstNumberOfEachOfManyKeys) {
  KeyIndex index;
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(index.Add(KeyIndex::Hashed(std::to_string(i)), KeyIndex::kMost - i)) << i;
  }
  EXPECT_FALSE(index.Add(KeyIndex::Hashed("7"), 1));
  EXPECT_EQ(index.Find(KeyIndex::Hashed("7")), KeyIndex::kMost - 7);
  EXPECT_FALSE(index.Contains(KeyIndex::Hashed("100000")));
}

TEST(RowLogTest, TellsInTheOrderOfLines) {
  const auto log = *RowLog::Make();
  const std::string large(600 << 10, 'x');
  log->Warn(9, "late");
  log->Warn(3, "early");
  log->Fail(5, "bad");
  log->Fail(7, large);
  log->Fail(2, "worse");
  std::vector<std::string> told;
  const auto take = [&](const RowLog::Entry& each) {
    told.push_back(std::to_string(each.line) + each.reason.substr(0, 9));
  };
  log->ForEachFailure(take, 2);
  log->ForEachFailure(take);
  log->ForEachWarning(take);
  EXPECT_THAT(told,
              ElementsAre("2worse", "5bad", "2worse", "5bad", "7xxxxxxxxx", "3early", "9late"));
  EXPECT_EQ(log->failed(), 3);
  EXPECT_EQ(log->warned(), 2);
}

}  // namespace
}  // namespace crm::crmctl

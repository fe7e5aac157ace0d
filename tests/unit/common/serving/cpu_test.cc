#include "common/serving/cpu.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace crm::serving {
namespace {

TEST(ParseCpu, KnowsCoresAndThousandths) {
  constexpr std::pair<const char*, double> kGood[] = {
      {"1", 1}, {"0.5", 0.5}, {"500m", 0.5}, {"2500m", 2.5}, {"1m", 0.001}, {"1024", 1024},
  };
  for (const auto& [text, cpu] : kGood) EXPECT_DOUBLE_EQ(ParseCpu(text).value_or(0), cpu) << text;
  for (const char* const text : {"", "m", "0", "0m", "-1", "+1", "1.5m", "1e3", "nan", "inf", "two",
                                 "1 ", " 1", "1025", "1.2.3", "1k", "0x2"}) {
    EXPECT_EQ(ParseCpu(text), std::nullopt) << text;
  }
}

TEST(WorkersFor, FollowsTheTable) {
  struct Row {
    double cpu;
    int read, write, own;
  };
  constexpr Row kRows[] = {
      {0.001, 2, 2, 2}, {0.5, 2, 2, 2}, {1, 2, 2, 2},    {2, 2, 2, 2},   {2.001, 3, 3, 2},
      {3, 3, 3, 2},     {4, 4, 4, 2},   {5, 5, 5, 2},    {5.5, 6, 6, 3}, {6, 6, 6, 3},
      {8, 8, 8, 4},     {16, 8, 8, 4},  {1024, 8, 8, 4},
  };
  for (const Row& row : kRows) {
    const Workers workers = WorkersFor(row.cpu);
    EXPECT_EQ(workers.read, row.read) << row.cpu;
    EXPECT_EQ(workers.write, row.write) << row.cpu;
    EXPECT_EQ(workers.own, row.own) << row.cpu;
  }
}

class UsableCpuTest : public ::testing::Test {
 protected:
  UsableCpuTest() { std::filesystem::create_directories(root_ + "/pods/one"); }
  ~UsableCpuTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& file, const std::string& text) const {
    std::ofstream(root_ + "/" + file) << text;
  }
  double Usable() const { return UsableCpu(root_, root_ + "/own"); }

  const std::string root_ = ::testing::TempDir() + "/cgroups";
  const double all_ = UsableCpu("/nowhere", "/nowhere");
};

TEST_F(UsableCpuTest, WithoutALimitItIsWhatTheSchedulerAllows) {
  EXPECT_GE(all_, 1);
  EXPECT_EQ(Usable(), all_);
  Write("own", "0::/pods/one\n");
  Write("cpu.max", "max 100000\n");
  Write("pods/one/cpu.max", "nonsense\n");
  EXPECT_EQ(Usable(), all_);
}

TEST_F(UsableCpuTest, TheTightestLimitOfTheGroupAndThoseAboveItHolds) {
  Write("own", "1:name=other:/elsewhere\n0::/pods/one\n");
  Write("pods/one/cpu.max", "80000 100000\n");
  EXPECT_DOUBLE_EQ(Usable(), 0.8);
  Write("pods/cpu.max", "25000 100000\n");
  EXPECT_DOUBLE_EQ(Usable(), 0.25);
}

TEST_F(UsableCpuTest, InAContainerTheRootIsTheGroup) {
  Write("own", "0::/\n");
  Write("cpu.max", "50000 100000\n");
  EXPECT_DOUBLE_EQ(Usable(), 0.5);
}

}  // namespace
}  // namespace crm::serving

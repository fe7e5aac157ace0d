#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/crmctl/events/event_filter.h"
#include "clients/crmctl/events/event_writer.h"

namespace crm::crmctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

event::v1::StageEvent Event(int64_t sequence) {
  event::v1::StageEvent event;
  event.set_sequence(sequence);
  event.set_entry_id(absl::StrCat("1700000000000-", sequence));
  event::v1::StageChanged& change = *event.mutable_change();
  change.set_type("crm.opportunity.opportunity.stage_changed.v1");
  change.set_subject("opportunities/a");
  change.set_tenant("acme");
  change.set_to_stage("won");
  change.set_actor("Smith, \"Anna\"");
  change.mutable_amount_after()->set_amount_minor(120000);
  change.mutable_amount_after()->set_currency_code("EUR");
  return event;
}

class EventFile : public ::testing::Test {
 protected:
  EventFile() : path_(std::filesystem::path(::testing::TempDir()) / "events.out") {
    std::filesystem::remove(path_);
  }
  ~EventFile() override { std::filesystem::remove(path_); }

  // Writes events from `first` to `last`, and returns what the file had before.
  int64_t Write(EventFormat format, bool resume, int64_t first, int64_t last) {
    auto writer = EventWriter::Open(path_, format, resume);
    EXPECT_TRUE(writer.ok()) << writer.status();
    const int64_t had = (*writer)->last_sequence();
    for (int64_t i = first; i <= last; ++i) EXPECT_TRUE((*writer)->Write(Event(i)).ok());
    EXPECT_TRUE((*writer)->Flush().ok());
    return had;
  }

  std::vector<std::string> Lines() const {
    std::ifstream file(path_);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return absl::StrSplit(text, '\n');
  }

  void Append(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  const std::string path_;
};

TEST_F(EventFile, HasALineOfJsonForEachEvent) {
  Write(EventFormat::kJsonLines, false, 1, 2);
  EXPECT_THAT(Lines(),
              ElementsAre(HasSubstr(R"("sequence":"1")"), HasSubstr(R"("toStage":"won")"), ""));
}

TEST_F(EventFile, HasTitlesAndALineOfCsvForEachEvent) {
  Write(EventFormat::kCsv, false, 7, 7);
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(lines[0], StartsWith("sequence,epoch,event_id,type,subject,tenant,version,"));
  EXPECT_THAT(lines[1],
              StartsWith("7,,,crm.opportunity.opportunity.stage_changed.v1,opportunities/a,"));
  EXPECT_THAT(lines[1], HasSubstr(R"(,"Smith, ""Anna""",)"));
  EXPECT_THAT(lines[1], HasSubstr(",120000,,EUR,"));
}

TEST_F(EventFile, IsGoneOnWithBehindItsLastWholeLine) {
  for (const EventFormat format : {EventFormat::kJsonLines, EventFormat::kCsv}) {
    std::filesystem::remove(path_);
    Write(format, false, 1, 3);
    const auto whole = Lines();
    Append(R"(4,1,half of a li)");
    EXPECT_EQ(Write(format, true, 4, 4), 3);
    const auto lines = Lines();
    ASSERT_EQ(lines.size(), whole.size() + 1);
    EXPECT_TRUE(std::equal(whole.begin(), whole.end() - 1, lines.begin()));
  }
}

TEST_F(EventFile, IsGoneOnWithWhereThereIsNothingYet) {
  EXPECT_EQ(Write(EventFormat::kCsv, true, 1, 1), 0);
  std::filesystem::remove(path_);
  Append("");
  EXPECT_EQ(Write(EventFormat::kCsv, true, 1, 1), 0);
  EXPECT_THAT(Lines().front(), StartsWith("sequence,"));
}

TEST_F(EventFile, IsNotOverwritten) {
  Append("precious\n");
  EXPECT_EQ(EventWriter::Open(path_, EventFormat::kCsv, false).status().code(),
            absl::StatusCode::kAlreadyExists);
  for (const EventFormat format : {EventFormat::kJsonLines, EventFormat::kCsv}) {
    EXPECT_EQ(EventWriter::Open(path_, format, true).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_THAT(Lines(), ElementsAre("precious", ""));
}

TEST(EventFilter, LetsThroughWhatIsWanted) {
  const event::v1::StageChanged change = Event(1).change();
  const struct {
    EventFilter filter;
    bool matches;
  } rows[] = {
      {{}, true},
      {{{"opportunity"}, {}, "", ""}, true},
      {{{"lead", "opportunity"}, {"won"}, "opportunities/a", "acme"}, true},
      {{{"lead"}, {}, "", ""}, false},
      {{{}, {"lost"}, "", ""}, false},
      {{{}, {}, "opportunities/b", ""}, false},
      {{{}, {}, "", "globex"}, false},
  };
  for (const auto& row : rows) EXPECT_EQ(row.filter.Matches(change), row.matches);
}

}  // namespace
}  // namespace crm::crmctl

// GetTimeline: the two histories of a thing as one.

#include "tests/integration/opportunity/report_fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;

class Timeline : public Reports {
 protected:
  // Each entry as "method stage" on pages of this size.
  std::vector<std::string> Entries(const std::string& name, int page_size) {
    std::vector<std::string> told;
    v1::GetTimelineRequest request;
    request.set_name(name);
    request.set_page_size(page_size);
    do {
      const auto page = Call(&ReportStub::GetTimeline, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::TimelineEntry& entry : page->entries()) {
        told.push_back(
            absl::StrCat(entry.revision().method(), " ", entry.stage_change().to_stage()));
        last_ = entry;
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return told;
  }

  v1::TimelineEntry last_;
};

TEST_F(Timeline, TellsMovesAndEditsInTheOrderInWhichTheyWereRecorded) {
  const std::string name = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  SetOwner(name, "lee");
  MoveAt(name, "proposal", kLongAgo + absl::Hours(24));
  SetOwner(name, "ann");
  WinAt(name, kLongAgo + absl::Hours(48));
  for (const int page_size : {1, 2, 50}) {
    EXPECT_THAT(
        Entries(name, page_size),
        ElementsAre("OpenOpportunity discovery", "UpdateOpportunity ", "MoveOpportunity proposal",
                    "UpdateOpportunity ", "WinOpportunity won"));
  }
  EXPECT_EQ(rpc::TimeFrom(last_.effective_time()), kLongAgo + absl::Hours(48));
  EXPECT_GT(rpc::TimeFrom(last_.record_time()), kLongAgo + absl::Hours(48));
  EXPECT_GT(last_.revision().changes_size(), 1);
  EXPECT_FALSE(last_.stage_change().overridden_gates().empty());
}

// Writes of a time before there was field history left stage changes alone.
TEST_F(Timeline, TellsEarlyMovesWithoutARevision) {
  const std::string name = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  MoveAt(name, "proposal", kLongAgo + absl::Hours(24));
  SetOwner(name, "lee");
  Service().database().Sql(absl::StrCat("DELETE FROM revision WHERE revision < 3 AND id = '",
                                        name.substr(name.find('/') + 1), "'"));
  EXPECT_THAT(Entries(name, 1), ElementsAre(" discovery", " proposal", "UpdateOpportunity "));
}

TEST_F(Timeline, OfAThingThatIsNotThereIsNotFound) {
  v1::GetTimelineRequest request;
  request.set_name("opportunities/" + NewUuid());
  EXPECT_EQ(Outcome(Call(&ReportStub::GetTimeline, request)), "NOT_FOUND RESOURCE_NOT_FOUND");
  request.set_name(Open(Deal("mara", 100, "EUR", kLongAgo)).name());
  EXPECT_EQ(Outcome(Call(&ReportStub::GetTimeline, request, "stranger-of-reports")),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  request.set_page_token("x");
  EXPECT_EQ(Outcome(Call(&ReportStub::GetTimeline, request)),
            "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
}

}  // namespace
}  // namespace crm::opportunity::testing

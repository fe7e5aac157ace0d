// What writes leave in the field history, and what can be told from it.

#include "tests/contract/aggregate/revision_fixture.h"

namespace crm::testing {
namespace {

using aggregate::Moment;
using ::testing::ElementsAre;

TEST_F(Revisions, TellWhoWroteWhatAndWhen) {
  Creation<Note> creation = NewNote(1, "a \"quoted\" text\n", "");
  creation.request = RequestOf(1);
  Create(creation);
  clock_.Advance(absl::Minutes(5));
  Change<Note> change = By(1, [](Note& note) {
    note.text = "größer";
    note.label = "x";
  });
  Update(change);
  const auto revisions = Read(1).value();
  ASSERT_EQ(revisions.size(), 2u);
  const aggregate::Revision& first = revisions[0].revision;
  EXPECT_EQ(first.author.actor, "ann");
  EXPECT_EQ(first.author.method, "CreateNote");
  EXPECT_EQ(first.request_id, RequestOf(1).id);
  EXPECT_EQ(first.previous_time, std::nullopt);
  EXPECT_EQ(first.changes, R"([["text",null,"a \"quoted\" text\n"]])");
  const aggregate::Revision& second = revisions[1].revision;
  EXPECT_EQ(second.author.actor, "bob");
  EXPECT_EQ(second.author.method, "WriteNote");
  EXPECT_EQ(second.request_id, std::nullopt);
  EXPECT_EQ(second.record_time, clock_.Now());
  EXPECT_EQ(second.previous_time, first.record_time);
  EXPECT_EQ(second.changes, R"([["text","a \"quoted\" text\n","größer"],["label",null,"x"]])");
}

TEST_F(Revisions, ChangesOfOneThingInOneBatchAreRevisionsOfTheirOwn) {
  Seed(1, "a");
  Change<Note> first = Write(1, "b");
  first.author.actor = "first";
  Change<Note> second = Write(1, "c");
  second.author.actor = "second";
  Change<Note> nothing = Write(1, "c");
  Change<Note> third = Label(1, "x");
  Update(first, second, nothing, third);
  EXPECT_THAT(History(1),
              ElementsAre("r1 text:  > a", "r2 text: a > b", "r3 text: b > c", "r4 label:  > x"));
  EXPECT_EQ(Read(1).value()[1].revision.author.actor, "first");
  EXPECT_EQ(Read(1).value()[2].revision.author.actor, "second");
  EXPECT_EQ(AsOf(1, 2).value(), "b r2 00:00");
}

TEST_F(Revisions, ReplaysAndWhatIsRefusedLeaveNone) {
  Seed(1, "a", "taken");
  Seed(2, "b");
  Change<Note> original = Write(2, "c");
  original.request = RequestOf(7);
  Update(original);
  Change<Note> replay = original;
  Change<Note> stale = Write(2, "d");
  stale.etag = "1";
  Change<Note> taken = Label(2, "taken");
  Change<Note> poison = Write(2, "poison");
  Change<Note> refused = Write(2, "e");
  refused.apply = [](Note& note) -> absl::Status {
    note.text = "e";
    return error::StateInvalid("note", note.stage, "no");
  };
  Change<Note> fine = Write(1, "f");
  Update(replay, stale, taken, refused, fine);
  Update(poison, fine);
  EXPECT_TRUE(replay.outcome->replayed);
  EXPECT_FALSE(poison.outcome.ok());
  Creation<Note> again = NewNote(2, "again");
  Create(again);
  EXPECT_EQ(error::ReasonOf(again.outcome.status()), error::kDuplicateId);
  EXPECT_THAT(History(2), ElementsAre("r1 text:  > b", "r2 text: b > c"));
  EXPECT_EQ(History(1).back(), "r2 text: a > f");
}

TEST_F(Revisions, AThingIsToldAsItWasAtATime) {
  Seed(1, "a");                       // 00:00
  WriteEach(1, {"b", "c"});           // 00:01, 00:02
  Change<Note> same = Write(1, "d");  // 00:02 too
  Update(same);
  const absl::Time start = clock_.Now() - absl::Minutes(2);
  const auto at = [&](absl::Duration after) { return AsOf(1, Moment(start + after)).value(); };
  EXPECT_EQ(at(absl::ZeroDuration()), "a r1 00:00");
  EXPECT_EQ(at(absl::Seconds(59)), "a r1 00:00");
  EXPECT_EQ(at(absl::Minutes(1)), "b r2 00:01");
  EXPECT_EQ(at(absl::Minutes(2) - absl::Microseconds(1)), "b r2 00:01");
  EXPECT_EQ(at(absl::Minutes(2)), "d r4 00:02");
  EXPECT_EQ(at(absl::Hours(9)), "d r4 00:02");
  EXPECT_EQ(Refusal(1, Moment(start - absl::Microseconds(1))), error::kResourceNotFound);
}

TEST_F(Revisions, AfterAClockWentBackTheLatestRevisionByThenCounts) {
  Seed(1, "a");
  clock_.Advance(absl::Minutes(10));
  WriteEach(1, {"b"});                // 00:11
  clock_.Advance(-absl::Minutes(6));  // 00:05
  Change<Note> change = Write(1, "c");
  Update(change);
  const absl::Time at = clock_.Now();
  EXPECT_EQ(AsOf(1, Moment(at)).value(), "c r3 00:05");
  EXPECT_EQ(AsOf(1, Moment(at - absl::Minutes(1))).value(), "a r1 00:00");
  EXPECT_EQ(AsOf(1, 2).value(), "b r2 00:11");
}

TEST_F(Revisions, WhatNeverWasIsOutOfRange) {
  Seed(1, "a");
  WriteEach(1, {"b"});
  EXPECT_EQ(Refusal(1, 3), "REVISION_OUT_OF_RANGE latest 2");
  EXPECT_EQ(AsOf(1, 2).value(), "b r2 00:01");
  EXPECT_EQ(Refusal(9, 1), error::kResourceNotFound);
}

// As a thing that was written before there was field history.
TEST_F(Revisions, AThingOlderThanItsHistoryIsToldAsFarAsThatGoes) {
  Seed(1, "a");
  WriteEach(1, {"b", "c", "d"});
  Sql("DELETE FROM revision WHERE revision <= 2");
  EXPECT_EQ(AsOf(1, 4).value(), "d r4 00:03");
  EXPECT_EQ(AsOf(1, 3).value(), "c r3 00:02");
  EXPECT_EQ(AsOf(1, 2).value(), "b r2 00:01");
  EXPECT_EQ(Refusal(1, 1),
            "REVISION_OUT_OF_RANGE earliest 2 earliestTime 2026-01-01T00:01:00+00:00");
  const absl::Time start = clock_.Now() - absl::Minutes(3);
  EXPECT_EQ(AsOf(1, Moment(start + absl::Minutes(1))).value(), "b r2 00:01");
  EXPECT_EQ(Refusal(1, Moment(start + absl::Seconds(59))),
            "REVISION_OUT_OF_RANGE earliest 2 earliestTime 2026-01-01T00:01:00+00:00");
  Sql("DELETE FROM revision");
  EXPECT_EQ(AsOf(1, 4).value(), "d r4 00:03");
  EXPECT_EQ(Refusal(1, 3),
            "REVISION_OUT_OF_RANGE earliest 4 earliestTime 2026-01-01T00:03:00+00:00");
}

// As by a program of a version before there was field history, beside this one.
TEST_F(Revisions, AWriteWithoutARevisionEndsWhatCanBeTold) {
  Seed(1, "a");
  WriteEach(1, {"b"});
  clock_.Advance(absl::Minutes(1));
  Sql("UPDATE note SET body = 'silent', revision = 3, update_time = '2026-01-01T00:02:00Z'");
  WriteEach(1, {"d", "e"});
  EXPECT_EQ(AsOf(1, 4).value(), "d r4 00:03");
  EXPECT_EQ(AsOf(1, 3).value(), "silent r3 00:02");
  EXPECT_EQ(Refusal(1, 2),
            "REVISION_OUT_OF_RANGE earliest 3 earliestTime 2026-01-01T00:02:00+00:00");
  EXPECT_THAT(History(1), ElementsAre("r1 text:  > a", "r2 text: a > b", "r4 text: silent > d",
                                      "r5 text: d > e"));
}

TEST_F(Revisions, ErasedValuesAreEmpty) {
  Seed(1, "a", "x");
  WriteEach(1, {"b", "c"});
  Sql("UPDATE revision SET changes = '[[\"text\"],[\"label\"]]' WHERE revision <= 2");
  EXPECT_EQ(AsOf(1, 2).value(), "b r2 00:01");
  EXPECT_EQ(AsOf(1, 1).value(), " r1 00:00");
  EXPECT_EQ(History(1)[1], "r2 text erased label erased");
}

TEST_F(Revisions, AFieldOfANewerProgramIsPassedOver) {
  Seed(1, "a");
  WriteEach(1, {"b"});
  Sql("UPDATE revision SET changes = '[[\"colour\",{},[7]],[\"text\",\"a\",\"b\"]]' "
      "WHERE revision = 2");
  EXPECT_EQ(AsOf(1, 1).value(), "a r1 00:00");
  EXPECT_EQ(History(1)[1], "r2 text: a > b");
}

TEST_F(Revisions, ManyAreTakenBackAndPaged) {
  Seed(1, "0");
  for (int batch = 0; batch < 6; ++batch) {
    std::vector<Change<Note>> changes;
    for (int i = 1; i <= 200; ++i) changes.push_back(Write(1, absl::StrCat(batch * 200 + i)));
    std::vector<Change<Note>*> pointers;
    for (Change<Note>& change : changes) pointers.push_back(&change);
    notes_->Update(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }
  for (const int revision : {1, 200, 201, 500, 700, 701, 702, 1201}) {
    EXPECT_EQ(AsOf(1, revision).value(), absl::StrCat(revision - 1, " r", revision, " 00:00"));
  }
  const auto page = Read(1, 1000, 3).value();
  ASSERT_EQ(page.size(), 3u);
  EXPECT_EQ(page[0].revision.revision, 1001);
  EXPECT_EQ(page[2].after.text, "1002");
}

}  // namespace
}  // namespace crm::testing

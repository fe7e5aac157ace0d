// ListStageEvents as a subscriber calls it.

#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/error/error.h"
#include "common/error/reasons.h"
#include "tests/integration/serving/stage_event_fixture.h"
#include "tests/support/bad_input.h"

namespace crm::serving::stage_events_test {
namespace {

TEST_F(StageEvents, AnEmptyLogIsAnAnswer) {
  const auto page = List(0, 0);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->events_size(), 0);
  EXPECT_EQ(page->last_sequence(), 0);
}

TEST_F(StageEvents, PagesFollowEachOtherWithoutHoles) {
  Log(2500);
  int64_t last = 0;
  int pages = 0;
  while (true) {
    const auto page = List(last, 0);
    ASSERT_TRUE(page.ok()) << page.status();
    if (page->events_size() == 0) break;
    EXPECT_LE(page->events_size(), 1000);
    EXPECT_EQ(page->last_sequence(), 2500);
    for (const auto& event : page->events()) ASSERT_EQ(event.sequence(), ++last);
    ++pages;
  }
  EXPECT_EQ(last, 2500);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(List(10, 5)->events(0).sequence(), 11);
  EXPECT_EQ(List(10, 5)->events_size(), 5);
  EXPECT_EQ(List(0, 100'000)->events_size(), 1000) << "more than the most counts as the most";
  EXPECT_EQ(List(9999, 10)->events_size(), 0) << "a position beyond the end is no error";
}

TEST_F(StageEvents, EachPartitionIsReadByItselfAndAThingFindsItsOwn) {
  Log(3);
  const std::string thing = "0190a2b4-1111-7000-8000-000000000001";
  Sql("SELECT set_partitions(3); UPDATE event_stream SET last_seq = 1 WHERE stream = 2;"
      "INSERT INTO event_log VALUES (2, 1, 1, 2, gen_random_uuid(), 'acme', gen_random_uuid(), 1, "
      "'')");
  EndServing();
  partitions_ = 3;
  Serve({});
  ListStageEventsRequest request;
  EXPECT_EQ(List(request)->last_sequence(), 3);
  EXPECT_EQ(List(request)->partitions(), 3);
  request.set_partition(1);
  EXPECT_EQ(List(request)->last_sequence(), 0);
  request.set_partition(2);
  ASSERT_EQ(List(request)->events_size(), 1);
  EXPECT_EQ(List(request)->partition(), 2);

  Sql(absl::StrCat("UPDATE event_log SET aggregate = '", thing, "' WHERE stream = 2"));
  event::v1::StageChanged change;
  change.set_subject("leads/" + thing);
  Sql(absl::StrCat("UPDATE event_log SET payload = '\\x",
                   absl::BytesToHexString(change.SerializeAsString()), "' WHERE stream = 2"));
  request.clear_partition();
  request.set_subject("leads/" + thing);
  EXPECT_EQ(List(request)->partition(), 2);
  EXPECT_EQ(List(request)->events_size(), 1);
  request.set_partition(0);
  EXPECT_EQ(List(request)->events_size(), 0) << "it was asked for that one";

  for (const int wrong : {-1, 3}) {
    request.set_partition(wrong);
    EXPECT_EQ(error::ReasonOf(List(request).status()), error::kFieldInvalid) << wrong;
  }
}

TEST_F(StageEvents, ADamagedEventIsAnErrorAndThoseAroundItAreListed) {
  Log(6);
  Sql("UPDATE event_log SET payload = '\\xffff' WHERE seq = 4");
  EXPECT_EQ(List(0, 0)->events_size(), 3) << "a page ends before it";
  EXPECT_EQ(error::ReasonOf(List(3, 0).status()), error::kDataDamaged);
  EXPECT_EQ(List(4, 0)->events_size(), 2);
}

TEST_F(StageEvents, WhoSeesOneTenantIsToldWhichSequencesTheOthersHave) {
  Log(9);
  Sql("UPDATE event_log SET tenant = 'globex' WHERE seq IN (1, 4, 5, 8, 9);"
      "UPDATE event_log SET payload = '\\xffff' WHERE seq = 5");
  callers_.sees_all = false;
  EXPECT_EQ(Told(*List(0, 0)), "2 3 6 7 skipped 1-1 4-5 8-9 read 9");
  EXPECT_EQ(Told(*List(3, 2)), "skipped 4-5 read 5") << "a page of others' events goes on";
  EXPECT_EQ(Told(*List(9, 0)), "skipped read 9");
  callers_.sees_all = true;
  EXPECT_EQ(Told(*List(0, 0)), "1 2 3 4 skipped read 4");
}

TEST_F(StageEvents, NegativeNumbersAreRefusedBothAtOnce) {
  const auto refused = List(-1, -1);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  const auto details = error::DetailsOf(refused.status());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "FIELD_INVALID");
  ASSERT_EQ(details->fields.size(), 2u);
  EXPECT_EQ(details->fields[0].field, "after_sequence");
  EXPECT_EQ(details->fields[1].field, "page_size");
}

ListStageEventsRequest Backwards(int64_t before, int page_size, int64_t after = 0) {
  ListStageEventsRequest request;
  request.set_newest_first(true);
  request.set_before_sequence(before);
  request.set_page_size(page_size);
  request.set_after_sequence(after);
  return request;
}

TEST_F(StageEvents, BackwardsPagesFollowEachOtherToo) {
  EXPECT_EQ(Told(*List(Backwards(0, 4))), "skipped read 1") << "of an empty log";
  Log(9);
  EXPECT_EQ(Told(*List(Backwards(0, 4))), "9 8 7 6 skipped read 6");
  EXPECT_EQ(Told(*List(Backwards(6, 4))), "5 4 3 2 skipped read 2");
  EXPECT_EQ(Told(*List(Backwards(2, 4))), "1 skipped read 1");
  EXPECT_EQ(Told(*List(Backwards(0, 100, 6))), "9 8 7 skipped read 7");
  Sql("UPDATE event_log SET tenant = 'globex' WHERE seq IN (1, 4, 5, 8, 9)");
  callers_.sees_all = false;
  EXPECT_EQ(Told(*List(Backwards(0, 7))), "7 6 3 skipped 8-9 4-5 read 3");
  ListStageEventsRequest window;
  window.set_after_sequence(2);
  window.set_before_sequence(7);
  EXPECT_EQ(Told(*List(window)), "3 6 skipped 4-5 read 6");
}

TEST_F(StageEvents, OneThingsEventsAreOneCall) {
  Log(30);
  for (const int64_t sequence : {3, 11, 25}) SetSubject(sequence, "opportunities", kDeal);
  SetSubject(12, "contacts", kDeal);
  SetSubject(20, "opportunities", kOther, "globex");
  ListStageEventsRequest request;
  request.set_subject(absl::StrCat("opportunities/", kDeal));
  EXPECT_EQ(Told(*List(request)), "3 11 25 skipped read 30");
  request.set_page_size(2);
  EXPECT_EQ(Told(*List(request)), "3 11 skipped read 11");
  request.set_after_sequence(11);
  EXPECT_EQ(Told(*List(request)), "25 skipped read 25");
  request.set_after_sequence(25);
  EXPECT_EQ(Told(*List(request)), "skipped read 30");
  request = Backwards(0, 2);
  request.set_subject(absl::StrCat("opportunities/", kDeal));
  EXPECT_EQ(Told(*List(request)), "25 skipped read 12") << "one of two rows is another kind's";
  request.set_before_sequence(12);
  EXPECT_EQ(Told(*List(request)), "11 3 skipped read 3");
  callers_.sees_all = false;
  EXPECT_EQ(Told(*List(request)), "11 3 skipped read 3");
  request = ListStageEventsRequest();
  request.set_subject(absl::StrCat("opportunities/", kOther));
  EXPECT_EQ(Told(*List(request)), "skipped read 30")
      << "another tenant's, as one that is not there";
  callers_.sees_all = true;
  EXPECT_EQ(Told(*List(request)), "20 skipped read 30");
}

// As the service's sessions plan, with the log's own index and none other.
TEST_F(StageEvents, EachQuestionIsReadByItsIndex) {
  Log(20'000);
  Sql("ANALYZE event_log");
  const auto plan = [&](const std::string& sql) {
    return Sql(
        "SET enable_seqscan TO off; EXPLAIN SELECT seq FROM event_log WHERE stream = 0 AND " + sql);
  };
  const auto uses = [](const std::string& plan, const std::string& index) {
    return plan.find(index) != std::string::npos;
  };
  const std::string of_a_thing = plan(absl::StrCat("seq > 0 AND seq < 99999999 AND aggregate = '",
                                                   kDeal, "' ORDER BY seq LIMIT 1000"));
  EXPECT_TRUE(uses(of_a_thing, "aggregate_idx")) << of_a_thing;
  for (const char* page : {"seq > 500 AND seq < 99999999 ORDER BY seq LIMIT 1000",
                           "seq > 0 AND seq < 99999999 ORDER BY seq DESC LIMIT 1000", "seq = 77"}) {
    EXPECT_TRUE(uses(plan(page), "_pkey") && !uses(plan(page), "aggregate_idx")) << plan(page);
  }
}

class StageMoves : public StageEvents {
 protected:
  void SetUp() override {
    for (const char* tenant : {"acme", "globex"}) {
      for (const char* thing : {kDeal, kOther}) {
        for (int version = 1; version <= 3; ++version) {
          Sql(absl::StrCat(
              "INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, "
              "from_type, to_stage, to_type, effective_time, recorded_time, actor, reason, note, "
              "overridden, gates, request_id, forecast_category) VALUES ('",
              tenant, "', '", thing, "', ", version,
              ", 'lead', gen_random_uuid(), 'OLD', '', 'NEW', '', now(), now(), 'agent-7', '', "
              "'a note', false, '{}', '', '')"));
        }
      }
    }
  }
  // "acme a1 a2 …": tenant, last letter of the thing, version; the pages parted by "|".
  std::string Told(int page_size) {
    std::string told;
    event::v1::ListStageMovesRequest request;
    request.set_page_size(page_size);
    do {
      const auto page = Moves(request);
      if (!page.ok()) return page.status().ToString();
      for (const auto& move : page->moves()) {
        absl::StrAppend(&told, move.tenant().substr(0, 1),
                        move.subject().substr(move.subject().size() - 1), move.version(), " ");
      }
      request.set_page_token(page->next_page_token());
      if (!request.page_token().empty()) absl::StrAppend(&told, "| ");
    } while (!request.page_token().empty());
    return told;
  }
  absl::StatusOr<event::v1::ListStageMovesResponse> Moves(
      const event::v1::ListStageMovesRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    event::v1::ListStageMovesResponse response;
    const grpc::Status status = stub_->ListStageMoves(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }
};

TEST_F(StageMoves, AreListedThingByThingOnPagesThatFollowEachOther) {
  EXPECT_EQ(Told(0), "aa1 aa2 aa3 ab1 ab2 ab3 ga1 ga2 ga3 gb1 gb2 gb3 ");
  EXPECT_EQ(Told(5), "aa1 aa2 aa3 ab1 ab2 | ab3 ga1 ga2 ga3 gb1 | gb2 gb3 ");
  callers_.sees_all = false;
  EXPECT_EQ(Told(4), "aa1 aa2 aa3 ab1 | ab2 ab3 ") << "of the caller's tenant alone";
}

TEST_F(StageMoves, SayNothingPersonal) {
  const auto page = Moves({});
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->DebugString().find("a note"), std::string::npos);
}

TEST_F(StageMoves, ATokenIsThatOfItsCaller) {
  event::v1::ListStageMovesRequest request;
  request.set_page_size(2);
  request.set_page_token(Moves(request)->next_page_token());
  callers_.sees_all = false;
  EXPECT_EQ(error::ReasonOf(Moves(request).status()), error::kPageTokenInvalid);
  request.set_page_token("nonsense");
  EXPECT_EQ(error::ReasonOf(Moves(request).status()), error::kPageTokenInvalid);
}

TEST_F(StageMoves, ADamagedMoveIsAnError) {
  Sql("UPDATE stage_history SET to_stage = 'X', probability = NULL, time_in_previous = 1");
  Sql(absl::StrCat("UPDATE stage_history SET kind = 'tree' WHERE version = 3 AND aggregate = '",
                   kDeal, "'"));
  EXPECT_FALSE(Moves({}).ok());
}

TEST_F(StageEvents, BadInputIsRefused) {
  const std::string id = kDeal;
  testing::BadInput input{channel_, "acme", "opportunities/" + id, "",
                          [this] { return Sql("SELECT last_seq FROM event_stream"); }};
  testing::ExpectBadInputRefused(
      "crm.event.v1.StageEventService",
      {{"ListStageEvents", "subject: '$NAME'"},
       {"DigestStageEvents", "after_sequence: 0"},
       {"ListPresentStages", "page_size: 10"},
       {"ListStageMoves", ""},
       {"SubscribeStageEvents",
        "after_sequence: 0 types: 'a' subjects: '$NAME' to_stages: 'b' tenants: 'c'"}},
      input);
}

}  // namespace
}  // namespace crm::serving::stage_events_test

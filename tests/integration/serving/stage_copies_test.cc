// What is said to those who keep a copy.

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "common/base/digest.h"
#include "common/error/error.h"
#include "common/error/reasons.h"
#include "tests/integration/serving/stage_event_fixture.h"

namespace crm::serving::stage_events_test {
namespace {

using event::v1::DigestStageEventsRequest;
using event::v1::DigestStageEventsResponse;
using event::v1::ListPresentStagesRequest;
using event::v1::ListPresentStagesResponse;

class StageCopies : public StageEvents {
 protected:
  template <class Req, class Resp>
  absl::StatusOr<Resp> Ask(grpc::Status (event::v1::StageEventService::Stub::*method)(
                               grpc::ClientContext*, const Req&, Resp*),
                           const Req& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    Resp response;
    const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpcStatus(status);
    return response;
  }
  absl::StatusOr<DigestStageEventsResponse> Digest(int64_t after, int64_t through = 0,
                                                   int partition = 0) {
    DigestStageEventsRequest request;
    request.set_after_sequence(after);
    request.set_through_sequence(through);
    request.set_partition(partition);
    return Ask(&event::v1::StageEventService::Stub::DigestStageEvents, request);
  }
  // "3-5: 2 of 9", and the digest if there is nothing in it.
  std::string Covered(int64_t after, int64_t through = 0) {
    const auto digested = Digest(after, through);
    if (!digested.ok()) return std::string(error::ReasonOf(digested.status()));
    return absl::StrCat(digested->begin_sequence(), "-", digested->read_sequence(), ": ",
                        digested->count(), " of ", digested->last_sequence());
  }
  static std::string HexOf(const std::string& text) {
    return absl::BytesToHexString(base::AsText(base::Sha256(text)));
  }
};

// By Python: hashlib.sha256(b"".join(f"{entry_id} {epoch} {json.dumps(change, sort_keys=True,
// separators=(',', ':'), ensure_ascii=False)}\n".encode() …)).
TEST_F(StageCopies, ADigestIsThatOfTheLinesOfTheEvents) {
  Log(3);
  SetSubject(1, "leads", kDeal);
  event::v1::StageChanged change;
  change.set_type("crm.lead.lead.stage_changed.v1");
  change.set_to_stage_name("<Ange\u00e9bot> \"1\" \\ \t\x01\x7f");
  change.set_probability_after(40);
  change.mutable_amount_after()->set_currency_code("EUR");
  change.mutable_amount_after()->set_amount_minor(5);
  Sql(absl::StrCat("UPDATE event_log SET payload = '\\x",
                   absl::BytesToHexString(change.SerializeAsString()), "' WHERE seq = 2"));
  const std::string first = absl::StrCat(
      "1001-1 1 {\"subject\":\"leads/", kDeal,
      "\",\"tenant\":\"acme\",\"toStage\":\"NEW\",\"type\":\"crm.lead.lead.stage_changed.v1\"}\n");
  const std::string second =
      "1002-2 1 {\"amountAfter\":{\"amountMinor\":\"5\",\"currencyCode\":\"EUR\"},"
      "\"probabilityAfter\":40,\"toStageName\":\"<Ange\u00e9bot> \\\"1\\\" \\\\ "
      "\\t\\u0001\x7f\",\"type\":\"crm.lead.lead.stage_changed.v1\"}\n";
  const std::string third = "1003-3 1 {}\n";
  EXPECT_EQ(Digest(0)->sha256(), HexOf(first + second + third));
  EXPECT_EQ(Digest(1, 2)->sha256(), HexOf(second));
  EXPECT_EQ(Digest(3)->sha256(), HexOf(""));
}

TEST_F(StageCopies, ADigestSaysWhatItCovers) {
  EXPECT_EQ(Covered(0), "1-0: 0 of 0") << "of an empty log";
  Log(5100);
  EXPECT_EQ(Covered(0), "1-5000: 5000 of 5100") << "in pieces";
  EXPECT_EQ(Covered(5000), "5001-5100: 100 of 5100");
  EXPECT_EQ(Covered(10, 13), "11-13: 3 of 5100");
  EXPECT_EQ(Covered(5099, 9999), "5100-5100: 1 of 5100");
  EXPECT_EQ(Covered(7000), "7001-7000: 0 of 5100");
  EXPECT_EQ(Covered(10, INT64_MAX), "11-5010: 5000 of 5100");
  Sql("UPDATE event_stream SET floor_seq = 101; DELETE FROM event_log WHERE seq < 101");
  EXPECT_EQ(Covered(50, 110), "101-110: 10 of 5100") << "from the oldest that is kept";
  EXPECT_EQ(Covered(50, 60), "101-100: 0 of 5100");
  Sql("UPDATE event_log SET payload = '\\xffff' WHERE seq = 105");
  EXPECT_EQ(Covered(100), "101-104: 4 of 5100");
  EXPECT_EQ(Covered(104), error::kDataDamaged);
}

TEST_F(StageCopies, ADigestIsOfWhatTheCallerMaySee) {
  Log(6);
  Sql("UPDATE event_log SET tenant = 'globex' WHERE seq IN (1, 4, 5)");
  callers_.sees_all = false;
  EXPECT_EQ(Covered(0), "1-6: 3 of 6");
  EXPECT_EQ(Digest(0)->sha256(), HexOf("1002-2 1 {}\n1003-3 1 {}\n1006-6 1 {}\n"));
  EXPECT_EQ(Digest(3, 5)->sha256(), HexOf(""));
}

TEST_F(StageCopies, WrongStretchesAreRefused) {
  EXPECT_EQ(Covered(-1), error::kFieldInvalid);
  EXPECT_EQ(Covered(0, -1), error::kFieldInvalid);
  EXPECT_EQ(Covered(5, 5), error::kFieldInvalid);
  EXPECT_EQ(error::ReasonOf(Digest(0, 0, 1).status()), error::kFieldInvalid);
}

class PresentStages : public StageCopies {
 protected:
  void Move(const std::string& tenant, const std::string& id, int version,
            const std::string& to_stage) {
    Sql(absl::StrCat(
        "INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, "
        "from_type, to_stage, to_type, effective_time, recorded_time, actor, reason, note, "
        "overridden, gates, request_id, forecast_category) VALUES ('",
        tenant, "', '", id, "', ", version, ", 'lead', gen_random_uuid(), '', '', '", to_stage,
        "', '', '2026-11-01Z', '2026-11-02Z', 'me', '', '', false, '{}', '', '')"));
  }
  absl::StatusOr<ListPresentStagesResponse> List(const std::string& token, int size = 0) {
    ListPresentStagesRequest request;
    request.set_page_token(token);
    request.set_page_size(size);
    return Ask(&event::v1::StageEventService::Stub::ListPresentStages, request);
  }
  static std::string Told(const ListPresentStagesResponse& page) {
    std::string told;
    for (const auto& each : page.stages()) {
      absl::StrAppend(&told, each.tenant(), " ", each.subject().substr(each.subject().size() - 1),
                      " ", each.version(), " ", each.stage(), "; ");
    }
    return told;
  }
};

TEST_F(PresentStages, AreTheLastMovesPageByPageWithWhereToGoOn) {
  EXPECT_EQ(Told(*List("")), "");
  Log(7);
  Move("acme", kOther, 1, "NEW");
  Move("acme", kDeal, 1, "NEW");
  Move("acme", kDeal, 2, "WORKING");
  Move("globex", kDeal, 1, "NEW");
  const auto all = *List("");
  EXPECT_EQ(Told(all), "acme a 2 WORKING; acme b 1 NEW; globex a 1 NEW; ");
  EXPECT_EQ(all.next_page_token(), "");
  ASSERT_EQ(all.last_sequences_size(), 1);
  EXPECT_EQ(all.last_sequences(0), 7);
  EXPECT_EQ(all.stages(0).subject(), absl::StrCat("leads/", kDeal));
  EXPECT_EQ(all.stages(0).effective_time().seconds(), 1'793'491'200);
  EXPECT_EQ(all.stages(0).recorded_time().seconds(), 1'793'577'600);
  const auto first = *List("", 2);
  EXPECT_EQ(Told(first), "acme a 2 WORKING; acme b 1 NEW; ");
  EXPECT_EQ(Told(*List(first.next_page_token(), 2)), "globex a 1 NEW; ");
  callers_.sees_all = false;
  EXPECT_EQ(Told(*List("")), "acme a 2 WORKING; acme b 1 NEW; ");
  EXPECT_EQ(error::ReasonOf(List(first.next_page_token()).status()), error::kPageTokenInvalid)
      << "of one who sees all";
  const auto own = *List("", 1);
  EXPECT_EQ(Told(*List(own.next_page_token(), 1)), "acme b 1 NEW; ");
  EXPECT_EQ(error::ReasonOf(List("x").status()), error::kPageTokenInvalid);
}

// As the service's sessions plan: neither sorted nor gone through from the beginning.
TEST_F(PresentStages, AreReadByTheKeyOfTheHistory) {
  Sql("INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, "
      "from_type, to_stage, to_type, effective_time, recorded_time, actor, reason, note, "
      "overridden, gates, request_id, forecast_category) SELECT 'acme', "
      "('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, v, 'lead', "
      "gen_random_uuid(), '', '', 'NEW', '', now(), now(), 'me', '', '', false, '{}', '', '' "
      "FROM generate_series(1, 3000) AS n, generate_series(1, 3) AS v; ANALYZE stage_history");
  for (const char* where : {"(h.tenant, h.aggregate) > ('acme', "
                            "'00000000-0000-7000-8000-000000001500')",
                            "h.tenant = 'acme' AND h.aggregate > "
                            "'00000000-0000-7000-8000-000000001500'"}) {
    const std::string plan = Sql(absl::StrCat(
        "SET enable_seqscan TO off; SET enable_hashjoin TO off; SET enable_mergejoin TO off; "
        "EXPLAIN SELECT h.aggregate FROM stage_history h WHERE ",
        where,
        " AND NOT EXISTS (SELECT FROM stage_history n WHERE n.tenant = h.tenant AND n.aggregate = "
        "h.aggregate AND n.version = h.version + 1) ORDER BY h.tenant, h.aggregate LIMIT 100"));
    EXPECT_EQ(plan.find("Sort"), std::string::npos) << plan;
    EXPECT_EQ(plan.find("Seq Scan"), std::string::npos) << plan;
    EXPECT_NE(plan.find("Index Cond"), std::string::npos) << plan;
  }
}

}  // namespace
}  // namespace crm::serving::stage_events_test

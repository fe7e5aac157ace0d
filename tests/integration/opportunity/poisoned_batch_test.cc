// One bad call in a batch of moves, of every kind there is: the others keep their effect, their
// history and their events.

#include <condition_variable>
#include <mutex>

#include "common/pg/connection.h"
#include "tests/integration/opportunity/fixture.h"
#include "tests/support/await.h"

namespace crm::opportunity::testing {
namespace {

using crm::testing::Await;

// Moves that are under way at the same time.
class Moves {
 public:
  explicit Moves(std::string tenant) : tenant_(std::move(tenant)) {}

  void Send(v1::OpportunityService::Stub& stub, const v1::MoveOpportunityRequest& request) {
    moves_.push_back(std::make_unique<InFlight>());
    InFlight* const move = moves_.back().get();
    move->request = request;
    move->context.AddMetadata("x-crm-tenant", tenant_);
    move->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    stub.async()->MoveOpportunity(&move->context, &move->request, &move->response,
                                  [this, move](const grpc::Status& status) {
                                    std::lock_guard lock(mutex_);
                                    move->outcome = rpc::FromGrpcStatus(status);
                                    ++ended_;
                                    changed_.notify_all();
                                  });
  }
  void AwaitAll() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_ == moves_.size(); });
  }
  std::string Outcome(size_t move) const {
    const absl::Status& status = moves_[move]->outcome;
    return status.ok() ? "OK" : error::ReasonOf(status);
  }

 private:
  struct InFlight {
    grpc::ClientContext context;
    v1::MoveOpportunityRequest request;
    v1::MoveOpportunityResponse response;
    absl::Status outcome;
  };
  const std::string tenant_;
  std::vector<std::unique_ptr<InFlight>> moves_;
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t ended_ = 0;
};

class PoisonedBatch : public OpportunityServiceTest {
 protected:
  PoisonedBatch() {
    pg::ConnectionOptions options;
    options.url = Service().database().Url();
    options.schema = "crm_opportunity";
    database_ = std::move(pg::Connection::Open(options)).value();
  }

  static v1::MoveOpportunityRequest To(const std::string& name, const std::string& stage) {
    v1::MoveOpportunityRequest request;
    request.set_name(name);
    request.set_stage(stage);
    request.set_override_reason("agreed on the phone");
    request.set_request_id(NewUuid());
    return request;
  }

  // Keeps every write worker waiting for a locked row, so that what comes next must form a batch.
  void Cork(Moves& moves) {
    const std::string cork = Open().name();
    const std::string id = cork.substr(cork.find('/') + 1);
    ASSERT_TRUE(database_
                    ->Execute(absl::StrCat("BEGIN; SELECT 1 FROM opportunity WHERE tenant = '",
                                           tenant(), "' AND id = '", id, "' FOR UPDATE"))
                    .ok());
    for (int worker = 0; worker < Service().executor().options().write_workers; ++worker) {
      moves.Send(Service().stub(), To(cork, "needs_confirmed"));
      // Taken by a worker before the next one comes, or one worker would take both.
      ASSERT_TRUE(Await(absl::Seconds(10), [&] { return Waiting() == worker + 1; }));
    }
  }
  void Uncork() { ASSERT_TRUE(database_->Execute("COMMIT").ok()); }

  // Transactions that wait for a row lock.
  int Waiting() {
    const std::string count = Service().database().Sql(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = "
        "current_database()");
    return std::stoi(count);
  }

  std::string Events(const std::string& name) {
    return Service().database().Sql(absl::StrCat(
        "SELECT string_agg(version::text, ',' ORDER BY id) FROM outbox_in WHERE aggregate = '",
        name.substr(name.find('/') + 1), "'"));
  }

  std::unique_ptr<pg::Connection> database_;
};

TEST_F(PoisonedBatch, EveryKindOfBadCallFailsAloneAndTheOthersStand) {
  std::vector<std::string> good;
  for (int i = 0; i < 20; ++i) good.push_back(Open().name());
  const std::string victim = Open().name();

  v1::MoveOpportunityRequest stale = To(victim, "proposal");
  stale.set_etag("17");
  v1::MoveOpportunityRequest ungated = To(victim, "contract");
  ungated.clear_override_reason();
  v1::MoveOpportunityRequest repeated = To(good[0], "proposal");
  v1::MoveOpportunityRequest reused = repeated;
  reused.set_stage("discovery");
  v1::MoveOpportunityRequest too_long = To(victim, "proposal");
  too_long.set_reason(std::string(5000, 'x'));
  const std::vector<std::pair<v1::MoveOpportunityRequest, std::string>> bad = {
      {stale, "ETAG_MISMATCH"},
      {ungated, "GATES_UNMET"},
      {To(victim, "discovery"), "STATE_INVALID"},
      {To(victim, "won"), "STATE_INVALID"},
      {To("opportunities/" + NewUuid(), "proposal"), "RESOURCE_NOT_FOUND"},
      {To(victim, "no_such_stage"), "REFERENCE_NOT_FOUND"},
      {too_long, "FIELD_INVALID"},
      {repeated, "OK"},  // an exact retry in the same batch: one effect, the same answer
      {reused, "REQUEST_ID_REUSED"},
  };

  Moves moves(tenant());
  Cork(moves);
  const size_t corks = Service().executor().options().write_workers;
  moves.Send(Service().stub(), repeated);
  for (size_t i = 1; i < good.size(); ++i) {
    if (i <= bad.size()) moves.Send(Service().stub(), bad[i - 1].first);
    moves.Send(Service().stub(), To(good[i], "proposal"));
  }
  const size_t queued = good.size() + bad.size() - 1;  // the text too long never gets that far
  ASSERT_TRUE(Await(absl::Seconds(10),
                    [&] { return Service().executor().Queued(rpc::Lane::kWrite) == queued; }));
  Uncork();
  moves.AwaitAll();

  size_t at = corks;
  EXPECT_EQ(moves.Outcome(at++), "OK");
  for (size_t i = 1; i < good.size(); ++i) {
    if (i <= bad.size()) {
      EXPECT_EQ(moves.Outcome(at++), bad[i - 1].second);
    }
    EXPECT_EQ(moves.Outcome(at++), "OK") << i;
  }
  for (const std::string& name : good) {
    EXPECT_EQ(Get(name).stage(), "proposal");
    ASSERT_EQ(History(name).size(), 2u);
    EXPECT_EQ(History(name)[1].to_stage(), "proposal");
    EXPECT_EQ(Events(name), "1,2");
  }
  EXPECT_EQ(Get(victim).stage(), "discovery");
  EXPECT_EQ(History(victim).size(), 1u);
  EXPECT_EQ(Events(victim), "1");
}

}  // namespace
}  // namespace crm::opportunity::testing

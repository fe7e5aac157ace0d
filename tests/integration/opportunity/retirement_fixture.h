#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/strip.h"
#include "services/opportunity/domain/opportunity_moves.h"
#include "services/opportunity/retirement/stage_mover.h"
#include "tests/integration/opportunity/fixture.h"

namespace crm::opportunity::testing {

inline constexpr absl::Duration kPatience = absl::Seconds(30);

// Another process: nothing of its memory is the service's.
class Replica {
 public:
  explicit Replica(pg::Pool& pool)
      : repository_(pool, table_, base::SystemClock::Instance(), [] {}),
        retirements_(pool),
        retirement_metrics_(metrics_, retirements_) {}

  StageMover Mover(const StageMoverOptions& options) {
    return StageMover(repository_, retirements_, base::SystemClock::Instance(), ids_,
                      retirement_metrics_, options);
  }

  absl::Status Change(const std::string& tenant, const std::string& name,
                      std::function<absl::Status(Opportunity&)> apply) {
    aggregate::Change<Opportunity> change;
    change.key = {tenant, *base::Uuid::Parse(absl::StripPrefix(name, "opportunities/"))};
    change.apply = std::move(apply);
    change.answer = [](const Opportunity&) { return std::string(); };
    aggregate::Change<Opportunity>* const one = &change;
    repository_.Update(absl::MakeConstSpan(&one, 1), base::Deadline::After(kPatience));
    return change.outcome.status();
  }

  Occasion Now() {
    Occasion occasion;
    occasion.now = base::SystemClock::Instance().Now();
    occasion.event_id = ids_.New();
    occasion.actor = "agent-9";
    return occasion;
  }

  RetirementStore& retirements() { return retirements_; }

 private:
  base::RandomIdGenerator ids_{&base::SystemClock::Instance()};
  DefinitionStore definitions_{base::SystemClock::Instance()};
  const OpportunityTable table_{&definitions_};
  aggregate::PgRepository<Opportunity> repository_;
  metrics::Registry metrics_;
  RetirementStore retirements_;
  RetirementMetrics retirement_metrics_;
};

class RetirementTest : public OpportunityServiceTest {
 protected:
  // Without a look for late ones.
  static StageMoverOptions AtOnce(int batch = 3) {
    StageMoverOptions options;
    options.batch = batch;
    options.window = 5;
    options.grace = absl::ZeroDuration();
    return options;
  }

  std::string Sql(const std::string& sql) { return Service().database().Sql(sql); }
  // Retired stages of this tenant that are still looked through.
  std::string Pending() {
    return Sql(
        absl::StrCat("SELECT count(*) FROM stage_retirement WHERE tenant = '", tenant(), "'"));
  }
  // Lets this tenant's claims and pauses be over.
  void Hasten(const std::string& also = "") {
    Sql(absl::StrCat("UPDATE stage_retirement SET due_time = '-infinity'", also,
                     " WHERE tenant = '", tenant(), "'"));
  }
  void RunToTheEnd(Replica& replica, const StageMoverOptions& options) {
    StageMover mover = replica.Mover(options);
    const base::Deadline end = base::Deadline::After(kPatience);
    while (Pending() != "0" && !end.Passed()) {
      Hasten();
      EXPECT_TRUE(mover.Turn().ok());
    }
    EXPECT_EQ(Pending(), "0");
  }

  // A pipeline with `count` opportunities in its stage offer.
  void Fill(int count) {
    pipeline_ = CreatePipeline(PipelineRequest("renewals"));
    for (int i = 0; i < count; ++i) {
      names_.push_back(OpenIn(pipeline_.name()).name());
      Move(names_.back(), "offer");
    }
  }
  void RemoveOffer() {
    v1::Pipeline without = pipeline_;
    without.clear_etag();
    without.mutable_stages()->DeleteSubrange(1, 1);
    const auto removed = UpdatePipeline(without, {{"offer", "legal"}});
    ASSERT_TRUE(removed.ok()) << removed.status();
  }
  std::vector<std::string> Way(const std::string& name) {
    std::vector<std::string> way;
    for (const v1::StageChange& change : History(name)) way.push_back(change.to_stage());
    return way;
  }

  v1::Pipeline pipeline_;
  std::vector<std::string> names_;
  Replica replica_{Service().database().pool()};
};

}  // namespace crm::opportunity::testing

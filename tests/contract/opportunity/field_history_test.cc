// The field history of opportunities: what is told of a moment is exactly what was answered then,
// over random histories.

#include <algorithm>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include "common/aggregate/as_of.h"
#include "services/opportunity/store/opportunity_fields.h"
#include "tests/contract/opportunity/store_fixture.h"

namespace crm::opportunity::testing {
namespace {

using aggregate::Change;
using aggregate::Creation;

constexpr uint64_t kHistories = 1000;
constexpr int kRounds = 6;
constexpr int kThreads = 4;

std::string Word(std::mt19937& random) {
  static const char* const kWords[] = {"",      "press", "größer \"x\"", "a\\b\n", "NULL",
                                       "{1,2}", "紙"};
  return kWords[random() % std::size(kWords)];
}

absl::CivilDay Day(std::mt19937& random) { return absl::CivilDay(2026, 1, 1 + random() % 700); }

// An edit of one or more fields to random values; some alter nothing.
OpportunityEdit RandomEdit(std::mt19937& random) {
  OpportunityEdit edit;
  const auto chosen = [&random] { return random() % 6 == 0; };
  if (chosen()) edit.display_name = "deal " + Word(random);
  if (chosen()) edit.owner = Word(random);
  if (chosen()) {
    edit.amount.emplace();
    if (random() % 3 != 0) *edit.amount = base::Money{"USD", static_cast<int64_t>(random() % 9)};
  }
  if (chosen()) {
    edit.expected_close_date.emplace();
    if (random() % 3 != 0) *edit.expected_close_date = Day(random);
  }
  if (chosen()) edit.probability.emplace(static_cast<int>(random() % 101));
  if (chosen()) edit.category.emplace(ForecastCategory::kCommit);
  if (chosen()) {
    edit.needs.emplace();
    for (unsigned i = random() % 3; i > 0; --i) {
      edit.needs->push_back({Word(random), NeedStrength::kStrong, kStart, Word(random)});
    }
  }
  if (chosen()) edit.present_supplier = {SupplierStatus::kReleased, Word(random), Day(random)};
  if (chosen()) edit.payment_terms = {PaymentTermsStatus::kAgreed, random() % 90, {}, Word(random)};
  if (chosen()) edit.contract = Contract{ContractStatus::kSigned, kStart, std::nullopt};
  if (chosen()) edit.contact_roles = {{Id(2), BuyingRole::kBuyer, random() % 2 == 0}};
  if (chosen()) edit.interests = {Word(random), "oil"};
  if (chosen()) edit.lead_source = static_cast<LeadSource>(random() % 9);
  if (chosen()) edit.competitors = {{Word(random), CompetitorStatus::kOut, Word(random)}};
  if (chosen()) edit.next_step = NextStep{Word(random), Day(random)};
  if (chosen()) edit.team = {{"agent-9", Word(random)}};
  if (chosen()) edit.attributes = {{"colour", Word(random)}, {"size", "9"}};
  if (chosen()) edit.line_items.emplace();
  if (chosen()) edit.line_items = {{"press", 1500, base::Money{"USD", 333}, 25}};
  return edit;
}

// One write: a move, an end, a reopening, an edit or a deletion, each refused when the state does
// not allow it.
absl::Status RandomWrite(Opportunity& it, unsigned seed, const Occasion& occasion) {
  std::mt19937 random(seed);
  const Pipeline& pipeline = DefaultPipeline();
  const std::string stage = pipeline.stages[random() % pipeline.stages.size()].key;
  switch (random() % 12) {
    case 0:
      return Win(it, pipeline, occasion, base::Money{"EUR", 7}, "imported");
    case 1:
      return Lose(it, pipeline, occasion, LossReason::kOther, "gone " + Word(random));
    case 2:
    case 3:
      return Reopen(it, pipeline, stage, occasion, "back");
    case 4:
    case 5:
    case 6:
      return Move(it, pipeline, stage, occasion, Word(random), "imported");
    case 7:
      it.delete_time = it.deleted() ? std::nullopt : std::optional(occasion.now);
      return absl::OkStatus();
    default:
      return Edit(it, RandomEdit(random), pipeline);
  }
}

class FieldHistory : public StoreTest {
 protected:
  using Answers = std::vector<Opportunity>;  // of one opportunity, by revision

  // Keeps what was answered.
  auto Keeping() {
    return [this](const Opportunity& it) {
      Opportunity answered = it;
      answered.stage_changes.clear();
      Answers& answers = answers_[it.id];
      if (answers.empty() || answers.back().revision != it.revision) answers.push_back(answered);
      return std::string();
    };
  }

  void CreateAll() {
    std::vector<Creation<Opportunity>> creations;
    std::vector<Creation<Opportunity>*> pointers;
    for (uint64_t i = 1; i <= kHistories; ++i) {
      creations.push_back(New(i, i % 3 == 0 ? absl::StrCat("deal-", i) : ""));
      creations.back().answer = Keeping();
    }
    for (auto& creation : creations) pointers.push_back(&creation);
    repository_->Create(absl::MakeSpan(pointers), absl::Now() + kPatience);
    for (const auto& creation : creations) ASSERT_TRUE(creation.outcome.ok());
  }

  // A batch of two writes a thing, in random order, some of them repeats and some stale.
  void WriteAll(std::mt19937& random, int round) {
    std::vector<Change<Opportunity>> changes;
    for (uint64_t i = 0; i < 2 * kHistories; ++i) {
      Occasion occasion = On(round + 1);
      occasion.event_id = Id(++events_);
      const unsigned seed = random();
      changes.push_back(By(1 + i % kHistories, [seed, occasion](Opportunity& it) {
        return RandomWrite(it, seed, occasion);
      }));
      changes.back().author = {absl::StrCat("agent-", seed % 5), "RandomWrite"};
      if (seed % 7 == 0) changes.back().etag = "1";
      if (seed % 5 == 0) changes.back().request = idempotency::Request{Id(events_), "hash"};
      changes.back().answer = Keeping();
    }
    std::shuffle(changes.begin(), changes.end(), random);
    for (size_t i = 0; i < 50; ++i) changes.push_back(changes[i]);
    std::vector<Change<Opportunity>*> pointers;
    for (auto& change : changes) pointers.push_back(&change);
    repository_->Update(absl::MakeSpan(pointers), absl::Now() + kPatience);
  }

  // What is told of one opportunity: every revision, and the time of each.
  void ExpectTold(const Opportunity& present, const Answers& answers) {
    const base::Deadline deadline = absl::Now() + absl::Minutes(2);
    ASSERT_EQ(answers.back().revision, present.revision);
    ASSERT_EQ(answers.size(), static_cast<size_t>(present.revision));
    for (const Opportunity& answered : answers) {
      const auto told = reads_->AsOf(present, answered.revision, deadline);
      ASSERT_TRUE(told.ok()) << told.status();
      ASSERT_EQ(*told, answered) << NameOf(answered) << " r" << answered.revision;
    }
    const Opportunity& middle = answers[answers.size() / 2];
    const auto last = std::find_if(answers.rbegin(), answers.rend(), [&](const auto& it) {
      return it.update_time <= middle.update_time;
    });
    const auto told = reads_->AsOf(present, middle.update_time, deadline);
    ASSERT_TRUE(told.ok()) << told.status();
    ASSERT_EQ(*told, *last);
  }

  // The revisions of one opportunity, applied to a new one in order, make the present one.
  void ExpectReplayed(const Opportunity& present) {
    const auto revisions =
        reads_->Revisions({present.tenant, present.id}, 0, 1000, absl::Now() + absl::Minutes(2));
    ASSERT_TRUE(revisions.ok()) << revisions.status();
    ASSERT_EQ(revisions->size(), static_cast<size_t>(present.revision));
    Opportunity it;
    it.tenant = present.tenant;
    it.id = present.id;
    it.revision = present.revision;
    it.create_time = revisions->front().revision.record_time;
    it.update_time = revisions->back().revision.record_time;
    for (const auto& each : *revisions) {
      ASSERT_TRUE(aggregate::ReadChanges<Opportunity>(each.revision.changes,
                                                      OpportunityFieldTable(), nullptr, &it));
    }
    ASSERT_EQ(it, present);
  }

  std::map<base::Uuid, Answers> answers_;
};

TEST_F(FieldHistory, OfAThousandRandomHistoriesTellsEveryRevisionAsItWasAnswered) {
  const unsigned seed = 20261126;
  std::mt19937 random(seed);
  CreateAll();
  for (int round = 0; round < kRounds; ++round) {
    clock_.Advance(absl::Minutes(round == 3 ? 0 : 1));
    WriteAll(random, round);
  }
  std::vector<aggregate::Key> keys;
  for (const auto& [id, answers] : answers_) keys.push_back({"acme", id});
  const auto present = repository_->Get(keys, absl::Now() + kPatience);
  size_t revisions = 0;
  for (const auto& [id, answers] : answers_) revisions += answers.size();
  EXPECT_GT(revisions, 5 * kHistories);
  std::vector<std::thread> threads;
  for (int part = 0; part < kThreads; ++part) {
    threads.emplace_back([&, part] {
      for (size_t i = part; i < present.size(); i += kThreads) {
        ASSERT_TRUE(present[i].ok()) << present[i].status();
        ExpectTold(*present[i], answers_.at(keys[i].id));
        ExpectReplayed(*present[i]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace crm::opportunity::testing

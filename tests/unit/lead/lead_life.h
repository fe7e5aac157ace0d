#pragma once

#include <string>
#include <vector>

#include "services/lead/domain/report_query.h"
#include "services/lead/domain/report_story.h"
#include "tests/unit/lead/lead_fixture.h"

// Leads as reports see them, told in a line. Days and minutes are counted from kStart.
namespace crm::lead::testing {

inline constexpr absl::Duration kDay = absl::Hours(24);

inline absl::Time Day(double days) { return kStart + days * kDay; }

// A lead that came in on a day, and what was recorded of it.
class Life {
 public:
  explicit Life(double created, double recorded = -1) {
    story_.id = IdOf(1);
    facts_.owner = "anna";
    Move(LeadState::kNew, created, recorded < 0 ? created : recorded);
  }

  Life& Move(LeadState to, double effective, double recorded) {
    facts_.state = to;
    ++facts_.stage_version;
    story_.moves.push_back({facts_.stage_version, to, Day(effective), Day(recorded), facts_.owner});
    return Keep(recorded);
  }
  Life& Move(LeadState to, double day) { return Move(to, day, day); }
  Life& Responded(double day, double recorded) {
    facts_.first_response = Day(day);
    return Keep(recorded);
  }
  Life& Responded(double day) { return Responded(day, day); }
  Life& Owner(const std::string& owner, double recorded) {
    facts_.owner = owner;
    return Keep(recorded);
  }
  Life& Sale(SaleState state, double effective, double recorded) {
    const auto version = static_cast<int64_t>(story_.sale.size()) + 2;
    story_.sale.push_back({version, state, Day(effective), Day(recorded), std::nullopt});
    return *this;
  }
  Life& Sale(SaleState state, double day) { return Sale(state, day, day); }
  Life& Corrected(int64_t version, double effective, double recorded) {
    Sale(SaleState::kWon, effective, recorded);
    story_.sale.back().corrects = version;
    return *this;
  }
  // All the way to an opportunity.
  Life& Converted(double day) {
    return Move(LeadState::kWorking, day)
        .Move(LeadState::kQualified, day)
        .Move(LeadState::kConverting, day)
        .Move(LeadState::kConverted, day);
  }

  LeadFacts& facts() { return facts_; }
  const LeadStory& story() const { return story_; }

 private:
  Life& Keep(double recorded) {
    const auto revision = static_cast<int64_t>(story_.versions.size()) + 1;
    story_.versions.push_back({revision, Day(recorded), facts_});
    return *this;
  }

  LeadStory story_;
  LeadFacts facts_;
};

inline ReportQuery AsOf(double day, report::Clock clock = report::Clock::kEffective) {
  ReportQuery query;
  query.view = {clock, Day(day), clock == report::Clock::kRecorded ? Day(day) : Day(1000)};
  query.groups.zone = absl::UTCTimeZone();
  query.period = {absl::CivilDay(2026, 1, 5), absl::CivilDay(2026, 2, 1)};
  return query;
}

inline void AddAll(const ReportQuery& query, const std::vector<Life>& lives, auto& report) {
  for (const Life& life : lives) {
    if (const auto seen = See(life.story(), query.view)) report.Add(*seen);
  }
}

}  // namespace crm::lead::testing

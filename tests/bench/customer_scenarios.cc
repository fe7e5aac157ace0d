#include "tests/bench/customer_scenarios.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "tests/bench/jobs.h"
#include "tests/bench/walk_requests.h"

namespace crm::bench {

void Contacts(Field& field) {
  Run(field, {.scenario = "CreateContact",
              .job = CreateContact(),
              .in_flight = field.settings().in_flight,
              .service = client::Service::kContact,
              .method = "CreateContact"});
}

void Leads(Field& field) {
  const std::string contact = MakeContact(*field.Client());
  Run(field, {.scenario = "CreateLead with its first activity",
              .job = CreateLead(contact),
              .in_flight = field.settings().in_flight,
              .service = client::Service::kLead,
              .method = "CreateLead"});
}

void Assessments(Field& field) {
  const uint64_t seed = FreshSeed();
  auto calls = field.Client();
  QualifiedLeads(*calls, seed, 2000, MakeContact(*calls));
  Run(field, {.scenario = "AssessCriterion",
              .job = Assess(seed, 2000),
              .in_flight = field.settings().in_flight,
              .service = client::Service::kLead,
              .method = "AssessCriterion"});
}

void Conversions(Field& field) {
  const uint64_t seed = FreshSeed();
  const uint64_t each = 4000;
  auto calls = field.Client();
  QualifiedLeads(*calls, seed, each * field.settings().rounds, MakeContact(*calls));
  Run(field, {.scenario = "ConvertLead",
              .job = Convert(seed),
              .in_flight = field.settings().in_flight,
              .service = client::Service::kLead,
              .method = "ConvertLead",
              .most = each});
}

void Walks(Field& field) {
  Run(field, {.scenario = "contact → lead → qualified → converted → lost",
              .job = Walk(false),
              .in_flight = 256,
              .service = client::Service::kLead,
              .method = "ConvertLead",
              .against = "Tryton 6.0's walks (measured before)",
              .counterpart = [] { return 9.2; },
              .target = "≥ 100"});
  Run(field, {.scenario = "contact → lead → qualified → converted → won",
              .job = Walk(true),
              .in_flight = 256,
              .service = client::Service::kLead,
              .method = "ConvertLead"});
}

// Cost per call at few and at many rows.
// On a stack of its own: what a million new rows leave behind for checkpoints and vacuum shall not
// slow the other scenarios.
void Growth(Field& others) {
  Field field(others.settings());
  const auto cost = [&](const Job& job) {
    std::vector<double> micros;
    for (int i = 0; i < field.settings().rounds; ++i) {
      auto calls = field.Client();
      auto meter = field.Meter();
      const LoadResult load = ClosedLoop(*calls, job, field.settings().in_flight,
                                         absl::Seconds(field.settings().seconds));
      auto cpu = meter->Stop();
      micros.push_back((cpu["opportunity"] + cpu["postgres"]) * 1e6 /
                       std::max<int64_t>(1, load.ok));
    }
    return Median(micros);
  };
  const int64_t few = std::min<int64_t>(10'000, field.settings().rows / 4);
  field.Seed(few);
  const int64_t many = field.settings().many_rows;
  // "Few" is the seeded table of the other scenarios or smaller; what is asked for lies in its
  // first rows, so its pages are as warm as they get.
  const double get_few = cost(GetSeeded(few)), move_few = cost(MoveSeeded(1000, few - 1000));
  field.Seed(many);
  const std::string note = absl::StrCat(few, " → ", many, " rows");
  others.report().Add({.scenario = "growth: CPU per GetOpportunity",
                       .unit = "µs",
                       .value = cost(GetSeeded(many)),
                       .against = "few rows",
                       .baseline = get_few,
                       .target = "≤ 1.5",
                       .remark = note});
  others.report().Add({.scenario = "growth: CPU per MoveOpportunity",
                       .unit = "µs",
                       .value = cost(MoveSeeded(many / 2, many / 2)),
                       .against = "few rows",
                       .baseline = move_few,
                       .target = "≤ 1.5",
                       .remark = note});
}

void Memory(Field& field) {
  for (const char* name : {"contact", "lead", "opportunity"}) {
    field.report().Add({.scenario = absl::StrCat("memory of crm-", name, " after all that"),
                        .unit = "MiB resident",
                        .value = ResidentMib(field.stack().Pid(name)),
                        .target = "≤ 64"});
  }
}

}  // namespace crm::bench

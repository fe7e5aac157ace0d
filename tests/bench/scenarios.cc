#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdlib>

#include "tests/bench/customer_scenarios.h"
#include "tests/bench/field.h"
#include "tests/bench/find_scenarios.h"
#include "tests/bench/flow_scenarios.h"
#include "tests/bench/jobs.h"
#include "tests/bench/overload_scenarios.h"
#include "tests/bench/report_scenarios.h"
#include "tests/bench/secured_scenarios.h"
#include "tests/bench/tenant_scenarios.h"
#include "tests/bench/wall_scenarios.h"
#include "tests/support/command.h"

namespace crm::bench {
namespace {

constexpr char kColumns[] =
    "tenant, id, revision, create_time, update_time, display_name, contact, lead, owner, "
    "external_id, amount_currency, amount_minor, expected_close_date, pipeline, stage, "
    "stage_type, stage_version, probability, probability_manual, forecast_category, "
    "forecast_category_manual, loss_reason, loss_note, open_time, close_time, stage_enter_time, "
    "details";
constexpr char kIdOfN[] = "('00000000-0000-7000-8000-' || lpad(to_hex(:n::bigint), 12, '0'))::uuid";

std::string GetScript(int64_t rows) {
  return absl::StrCat("\\set n random(0, ", rows - 1, ")\nSELECT ", kColumns,
                      " FROM opportunity WHERE tenant = 'bench' AND id = ", kIdOfN, ";\n");
}

std::string RevisionSql() {
  return absl::StrCat(
      "INSERT INTO revision (tenant, id, revision, record_time, previous_time, actor, method, "
      "request_id, changes) VALUES ('bench', ",
      kIdOfN,
      ", :v, now(), now(), 'pgbench', 'MoveOpportunity', gen_random_uuid(), "
      "'[[\"stage\",\"discovery\",\"needs_confirmed\"],[\"stage_version\",1,2],"
      "[\"probability\",20,40],[\"stage_enter_time\",1764177292123456,1764177299123456]]');\n");
}

// The payload of an outbox row: that of the newest event, with the ids of the row's own event `e`
// and thing `t` in their places. The relay stops before an event that is not the row's.
std::string PayloadSql(Field& field) {
  const std::vector<std::string> newest = absl::StrSplit(
      field.Sql("SELECT concat_ws(' ', encode(payload, 'hex'), encode(event_id::text::bytea, "
                "'hex'), encode(aggregate::text::bytea, 'hex')) FROM event_log "
                "ORDER BY seq DESC LIMIT 1"),
      ' ');
  const auto text_of = [](absl::string_view id) {
    return absl::StrCat("' || convert_to(", id, "::text, 'UTF8') || '\\x");
  };
  return absl::StrCat("'\\x",
                      absl::StrReplaceAll(newest.at(0), {{newest.at(1), text_of("e")},
                                                         {newest.at(2), text_of("t")}}),
                      "'");
}

// The same change as a Move, statement by statement: lock and read, update, revision, history,
// outbox, ledger. On rows of its own, first … last: whoever moves a thing must know where it is.
std::string MoveScript(Field& field, int64_t first, int64_t last) {
  return absl::StrCat(
      "\\set n random(", first, ", ", last, ")\nBEGIN;\nSELECT ", kColumns,
      ", stage_version + 1 AS v FROM opportunity WHERE tenant = 'bench' AND id = ", kIdOfN,
      " FOR UPDATE \\gset\n",
      "UPDATE opportunity SET revision = revision + 1, update_time = now(), "
      "stage = CASE stage WHEN 'discovery' THEN 'needs_confirmed' ELSE 'discovery' END, "
      "stage_version = :v, probability = 40, probability_manual = false, "
      "forecast_category = 'PIPELINE', forecast_category_manual = false, "
      "stage_enter_time = now() WHERE tenant = 'bench' AND id = ",
      kIdOfN, ";\n", RevisionSql(),
      "INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, "
      "from_type, to_stage, to_type, effective_time, recorded_time, actor, reason, note, "
      "overridden, gates, request_id, amount_minor, currency, probability, forecast_category) "
      "VALUES ('bench', ",
      kIdOfN,
      ", :v, 'opportunity', gen_random_uuid(), 'discovery', 'OPEN', "
      "'needs_confirmed', 'OPEN', now(), now(), 'pgbench', '', '', false, '{}', "
      "gen_random_uuid()::text, 123400, 'USD', 40, 'PIPELINE');\n",
      "INSERT INTO outbox_in (event_id, tenant, aggregate, version, payload) "
      "SELECT e, 'bench', t, :v, ",
      PayloadSql(field), " FROM gen_random_uuid() AS e, (SELECT ", kIdOfN, ") AS things (t);\n",
      "INSERT INTO idempotency (tenant, request_id, hash, answer) VALUES ('bench', "
      "gen_random_uuid(), '\\x00112233445566778899aabbccddeeff', decode(repeat('ab', 400), 'hex'));"
      "\nCOMMIT;\n");
}

double PgbenchRate(Field& field, const std::string& script, int clients) {
  return field.Pgbench(script, clients, field.settings().seconds).per_second;
}

void Get(Field& field) {
  const int64_t rows = field.settings().rows;
  field.Seed(rows);
  Run(field, {.scenario = "GetOpportunity, keys all different",
              .job = GetSeeded(rows),
              .in_flight = field.settings().in_flight,
              .method = "GetOpportunity",
              .against = "pgbench -S, 16 clients",
              .counterpart = [&] { return PgbenchRate(field, GetScript(rows), 16); }});
}

// h2load costs less than a client that makes its requests one by one; it can only repeat one.
double H2load(Field& field, int seconds) {
  const std::string address = field.stack().Value("CRM_OPPORTUNITY_ADDRESS");
  const testing::Outcome run = testing::RunScript(absl::StrCat(
      "f=$(mktemp) && printf '\\0\\0\\0\\0\\64\\12\\62", SeededName(7), "' > $f && h2load -D ",
      seconds, " -c 4 -m 16 -t 1 -d $f -H 'content-type: application/grpc' -H 'te: trailers' ",
      "-H 'x-crm-tenant: bench' http://", address,
      "/crm.opportunity.v1.OpportunityService/GetOpportunity; rm -f $f"));
  const size_t at = run.output.find("finished in ");
  const size_t rate = run.output.find(", ", at);
  return at == std::string::npos ? 0 : std::atof(run.output.c_str() + rate + 2);
}

void GetByH2load(Field& field) {
  if (testing::RunScript("command -v h2load").code != 0) {
    field.report().Add({.scenario = "GetOpportunity by h2load",
                        .remark = "h2load is not installed (package nghttp2-client)"});
    return;
  }
  const int64_t rows = field.settings().rows;
  field.Seed(rows);
  const std::string url = field.stack().Value("CRM_OPPORTUNITY_METRICS_URL");
  const auto failed = [&] {
    const std::string method = "grpc_method=\"GetOpportunity\"";
    return Metric(url, "grpc_server_handled_total", {method}) -
           Metric(url, "grpc_server_handled_total", {method, "grpc_code=\"OK\""});
  };
  std::vector<double> ours, theirs;
  const double failed_before = failed();
  for (int i = 0; i < field.settings().rounds; ++i) {
    ours.push_back(H2load(field, field.settings().seconds));
    theirs.push_back(PgbenchRate(field, GetScript(rows), 16));
  }
  field.report().Add({.scenario = "GetOpportunity by h2load",
                      .unit = "/s",
                      .value = Median(ours),
                      .against = "pgbench -S, 16 clients",
                      .baseline = Median(theirs),
                      .target = "≥ 1.0",
                      .remark = absl::StrCat("not OK: ", failed() - failed_before)});
}

// CPU of service and PostgreSQL for one call against that of PostgreSQL and pgbench.
void GetCpu(Field& field) {
  const int64_t rows = field.settings().rows;
  field.Seed(rows);
  std::vector<double> ours, theirs;
  for (int i = 0; i < field.settings().rounds; ++i) {
    auto calls = field.Client();
    auto meter = field.Meter();
    const LoadResult load = ClosedLoop(*calls, GetSeeded(rows), field.settings().in_flight,
                                       absl::Seconds(field.settings().seconds));
    auto cpu = meter->Stop();
    ours.push_back((cpu["opportunity"] + cpu["postgres"]) * 1e6 / load.ok);
    meter = field.Meter();
    const PgbenchResult pg = field.Pgbench(GetScript(rows), 16, field.settings().seconds);
    theirs.push_back((meter->Stop()["postgres"] + pg.cpu_client) * 1e6 / pg.transactions);
  }
  field.report().Add({.scenario = "CPU per GetOpportunity: service and PostgreSQL",
                      .unit = "µs",
                      .value = Median(ours),
                      .against = "PostgreSQL and pgbench",
                      .baseline = Median(theirs),
                      .target = "≤ 1.5"});
}

void BatchGet(Field& field) {
  field.Seed(field.settings().rows);
  Run(field, {.scenario = "BatchGetOpportunities of 100",
              .job = BatchGetSeeded(field.settings().rows, 100),
              .in_flight = 8,
              .method = "BatchGetOpportunities"});
}

void List(Field& field) {
  field.Seed(field.settings().rows);
  const std::string script =
      absl::StrCat("\\set n random(0, 999)\nSELECT ", kColumns,
                   " FROM opportunity WHERE tenant = 'bench' AND owner = 'agent-' || :n::bigint "
                   "ORDER BY create_time, id LIMIT 51;\n");
  Run(field, {.scenario = "ListOpportunities, first page of 50 by owner",
              .job = ListByOwner(),
              .in_flight = 16,
              .method = "ListOpportunities",
              .against = "pgbench, 16 clients",
              .counterpart = [&field, script] { return PgbenchRate(field, script, 16); }});
}

void Move(Field& field) {
  const int64_t rows = field.settings().rows;
  field.Seed(rows);
  Run(field,
      {.scenario = "MoveOpportunity, distinct",
       .job = MoveSeeded(rows / 4, rows / 4),
       .in_flight = field.settings().in_flight,
       .method = "MoveOpportunity",
       .against = "pgbench, the same change, 16 clients",
       .counterpart =
           [&field, rows] { return PgbenchRate(field, MoveScript(field, rows / 2, rows - 1), 16); },
       .target = "≥ 2"});
}

void MoveHot(Field& field) {
  field.Seed(20);
  Run(field,
      {.scenario = "MoveOpportunity, 10 hot things",
       .job = MoveSeeded(0, 10),
       .in_flight = field.settings().in_flight,
       .method = "MoveOpportunity",
       .against = "pgbench, the same, 16 clients",
       .counterpart = [&field] { return PgbenchRate(field, MoveScript(field, 10, 19), 16); }});
}

void Update(Field& field) {
  const int64_t rows = field.settings().rows;
  field.Seed(rows);
  Run(field, {.scenario = "UpdateOpportunity, one field",
              .job = UpdateSeeded(rows),
              .in_flight = field.settings().in_flight,
              .method = "UpdateOpportunity"});
}

void SingleGet(Field& field) {
  field.Seed(field.settings().rows);
  std::vector<double> empty;
  for (int i = 0; i < field.settings().rounds; ++i) {
    auto calls = field.Client();
    empty.push_back(Quantile(ClosedLoop(*calls, HealthCheck(), 1, absl::Seconds(2)).millis, 0.5));
  }
  const double call = Median(empty);
  const std::string script = GetScript(field.settings().rows);
  Run(field, {.scenario = "GetOpportunity, one in flight",
              .job = GetSeeded(field.settings().rows),
              .in_flight = 1,
              .latency = true,
              .method = "GetOpportunity",
              .against = "empty call + 1.5 × pgbench's statement",
              .counterpart = [&field, script,
                              call] { return call + 1.5 * field.Pgbench(script, 1, 2).p50_millis; },
              .target = "≤ 1"});
}

void SingleMove(Field& field) {
  const int64_t rows = field.settings().rows;
  field.Seed(rows);
  Run(field, {.scenario = "MoveOpportunity, one in flight",
              .job = MoveSeeded(rows / 4, rows / 4),
              .in_flight = 1,
              .latency = true,
              .method = "MoveOpportunity",
              .against = "pgbench's transaction",
              .counterpart =
                  [&field, rows] {
                    return field.Pgbench(MoveScript(field, rows / 2, rows - 1), 1, 2).p50_millis;
                  },
              .target = "≤ 1.3"});
}

}  // namespace

const std::vector<NamedScenario>& Scenarios() {
  static const auto* const all = new std::vector<NamedScenario>{
      {"growth", "cost per call from few rows to many", Growth},
      {"get", "GetOpportunity against pgbench -S", Get},
      {"get-h2load", "the same, driven by h2load", GetByH2load},
      {"get-cpu", "CPU per GetOpportunity", GetCpu},
      {"get-one", "GetOpportunity, one in flight", SingleGet},
      {"batch-get", "BatchGetOpportunities of 100", BatchGet},
      {"list", "first page by owner", List},
      {"contact", "CreateContact", Contacts},
      {"reports", "reports over a million opportunities with their histories", Reports},
      {"lead-reports", "reports over a million leads", LeadReports},
      {"find", "contacts searched and compared among a million", Find},
      {"lead", "CreateLead", Leads},
      {"assess", "AssessCriterion", Assessments},
      {"move", "MoveOpportunity against the same change in pgbench", Move},
      {"move-hot", "the same on 10 things", MoveHot},
      {"move-one", "MoveOpportunity, one in flight", SingleMove},
      {"update", "UpdateOpportunity", Update},
      {"convert", "ConvertLead", Conversions},
      {"walk", "whole walks", Walks},
      {"import", "import of the real data", Import},
      {"freshness", "commit to Redis at 25, 50 and 75 % load", Freshness},
      {"overload", "three times the capacity; 10,000 calls at once", Overload},
      {"tenants", "one tenant at ten times its rate", Tenants},
      {"batching", "with batches and without", Batching},
      {"walls", "with row-level security and without", Walls},
      {"secured", "tokens, row-level security and TLS against an open stack", Secured},
      {"memory", "resident memory of the services", Memory},
      {"relay", "the relay alone on a backlog", RelayBacklog},
  };
  return *all;
}

}  // namespace crm::bench

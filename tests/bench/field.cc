#include "tests/bench/field.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "common/tls/credentials.h"

namespace crm::bench {
namespace {

template <class T>
T OrDie(absl::StatusOr<T> value, const char* what) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "%s: %s\n", what, value.status().ToString().c_str());
  std::abort();
}

constexpr char kContactOfN[] =
    "('00000000-0000-7000-9000-' || lpad(to_hex(n % 1000), 12, '0'))::uuid";

std::string Upper(client::Service service) {
  switch (service) {
    case client::Service::kContact:
      return "CONTACT";
    case client::Service::kLead:
      return "LEAD";
    case client::Service::kOpportunity:
      return "OPPORTUNITY";
  }
  return "";
}

client::Caller Bench(const std::string& tenant = "bench") { return {tenant, "crm-bench"}; }

std::unique_ptr<client::AsyncCalls> CallsOver(client::Channels channels, client::Caller caller) {
  client::RetryPolicy once;
  once.total = absl::ZeroDuration();
  return std::make_unique<client::AsyncCalls>(std::move(channels), std::move(caller), once);
}

}  // namespace

Field::Field(Settings settings, testing::StackOptions options)
    : settings_(std::move(settings)),
      stack_(std::make_unique<testing::Stack>(options)),
      report_(MachineText()) {
  Connect();
}

client::Channels Field::Connected() const {
  client::Addresses addresses;
  addresses.contact = stack_->Value("CRM_CONTACT_ADDRESS");
  addresses.lead = stack_->Value("CRM_LEAD_ADDRESS");
  addresses.opportunity = stack_->Value("CRM_OPPORTUNITY_ADDRESS");
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  if (stack_->secure()) {
    credentials =
        OrDie(tls::ClientCredentials({stack_->Value("CRM_TLS_CERT"), stack_->Value("CRM_TLS_KEY"),
                                      stack_->Value("CRM_TLS_CA")}),
              "certificates");
  }
  return OrDie(client::Channels::Make(addresses, client::Channels::Retries::kNone, credentials),
               "channels");
}

void Field::Connect() {
  channels_ = std::make_unique<client::Channels>(Connected());
  pg::ConnectionOptions options;
  options.url = stack_->Value("CRM_DATABASE_URL");
  options.schema = "crm_opportunity";
  options.round_trip_limit = absl::InfiniteDuration();
  database_ = OrDie(pg::Connection::Open(options), "database");
}

std::unique_ptr<client::AsyncCalls> Field::Client() const { return CallsOver(*channels_, Bench()); }

std::unique_ptr<client::AsyncCalls> Field::Stranger(const std::string& tenant) const {
  return ClientOf(Bench(tenant));
}

std::unique_ptr<client::AsyncCalls> Field::ClientOf(client::Caller caller) const {
  return CallsOver(Connected(), std::move(caller));
}

std::string Field::Sql(const std::string& sql) {
  const pg::Rows rows = OrDie(database_->Execute(sql), sql.c_str());
  return rows.empty() ? "" : rows[0].Text(0);
}

PgbenchResult Field::Pgbench(const std::string& script, int clients, int seconds) {
  const std::string url = stack_->Value("CRM_DATABASE_URL");
  return bench::Pgbench(absl::StrCat(url, "&options=-csearch_path%3Dcrm_opportunity"), script,
                        clients, seconds);
}

std::unique_ptr<CpuMeter> Field::Meter() const {
  std::vector<CpuMeter::Watched> watched;
  for (const char* name : {"redis", "contact", "lead", "opportunity"}) {
    watched.push_back({name, stack_->Pid(name), false});
  }
  watched.push_back({"postgres", stack_->Pid("postgres"), true});
  return std::make_unique<CpuMeter>(std::move(watched));
}

Field::BatchCount Field::Batches(client::Service service, const std::string& method) const {
  const std::string url = stack_->Value(absl::StrCat("CRM_", Upper(service), "_METRICS_URL"));
  return {Metric(url, "crm_rpc_batch_size_count", {method}),
          Metric(url, "crm_rpc_batch_size_sum", {method})};
}

std::string SeededName(int64_t n) {
  return absl::StrFormat("opportunities/00000000-0000-7000-8000-%012x", n);
}

void Field::Settle() {
  const absl::Time end = absl::Now() + absl::Minutes(1);
  while (absl::Now() < end &&
         Sql("SELECT (SELECT coalesce(sum(last_seq), 0) FROM crm_contact.consumer_inbox) >= "
             "(SELECT last_seq FROM crm_lead.event_stream) + "
             "(SELECT last_seq FROM crm_opportunity.event_stream)") != "t") {
    absl::SleepFor(absl::Milliseconds(50));
  }
}

// Without them the contact service would put every event of a seeded opportunity aside.
void Field::SeedContacts() {
  Sql(absl::StrCat(
      "INSERT INTO crm_contact.contact (tenant, id, revision, create_time, update_time, kind, "
      "display_name, given_name, family_name, job_title, domain, industry, location, emails, "
      "phones, owner, external_id, stage, stage_version, stage_time) "
      "SELECT 'bench', ",
      kContactOfN, ", 1, t, t, 'PERSON', 'Person ' || n, '', '', '', '', '', '', '[]', '[]', ",
      "'agent', '', 'CONTACT', 1, t FROM generate_series(0, 999) AS n, "
      "LATERAL (SELECT timestamptz '2026-01-01') AS x (t)"));
}

void Field::Seed(int64_t rows) {
  if (rows <= seeded_) return;
  if (seeded_ == 0) SeedContacts();
  const std::string range = absl::StrCat("generate_series(", seeded_, ", ", rows - 1, ") AS n");
  Sql(absl::StrCat(
      "INSERT INTO opportunity (tenant, id, revision, create_time, update_time, display_name, "
      "contact, lead, owner, amount_currency, amount_minor, expected_close_date, pipeline, stage, "
      "stage_type, stage_version, probability, probability_manual, forecast_category, "
      "forecast_category_manual, loss_note, open_time, stage_enter_time, details) "
      "SELECT 'bench', ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, "
      "t, t, 'Deal ' || n, ",
      kContactOfN,
      ", gen_random_uuid(), "
      "'agent-' || n % 1000, 'USD', n % 100000, '2027-01-31', 'default', 'discovery', 'OPEN', 1, "
      "20, false, 'PIPELINE', false, '', t, t, "
      "'{\"needs\":[{\"text\":\"faster quotes\",\"strength\":3,\"confirmTime\":1,"
      "\"confirmedBy\":\"agent\"}]}'::jsonb "
      "FROM ",
      range, ", LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 second' AS t) x"));
  Sql(absl::StrCat(
      "INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, "
      "from_type, to_stage, to_type, effective_time, recorded_time, actor, reason, note, "
      "overridden, gates, request_id, forecast_category) "
      "SELECT 'bench', ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, "
      "'opportunity', gen_random_uuid(), '', '', 'discovery', 'OPEN', '2026-01-01', '2026-01-01', "
      "'seed', '', '', false, '{}', '', 'PIPELINE' FROM ",
      range));
  Sql("VACUUM ANALYZE opportunity, stage_history");
  seeded_ = rows;
}

namespace {

struct Round {
  LoadResult load;
  std::map<std::string, double> cpu;
  double value = 0;
};

Round OurRound(Field& field, const Contest& contest) {
  Round round;
  const std::unique_ptr<client::AsyncCalls> calls = field.Client();
  const std::unique_ptr<CpuMeter> meter = field.Meter();
  round.load = ClosedLoop(*calls, contest.job, contest.in_flight,
                          absl::Seconds(field.settings().seconds), contest.most);
  round.cpu = meter->Stop();
  round.value = contest.latency ? Quantile(round.load.millis, 0.5) : round.load.PerSecond();
  return round;
}

}  // namespace

void Run(Field& field, Contest contest) {
  std::vector<Round> rounds;
  std::vector<double> ours, theirs;
  const Field::BatchCount before = field.Batches(contest.service, contest.method);
  for (int i = 0; i < field.settings().rounds; ++i) {
    rounds.push_back(OurRound(field, contest));
    ours.push_back(rounds.back().value);
    if (contest.counterpart) theirs.push_back(contest.counterpart());
  }
  const Field::BatchCount after = field.Batches(contest.service, contest.method);
  Finding finding;
  finding.scenario = contest.scenario;
  finding.unit = contest.latency ? "ms p50" : "/s";
  finding.value = Median(ours);
  finding.against = contest.counterpart ? contest.against : "";
  finding.baseline = Median(theirs);
  finding.target = contest.target;
  std::sort(rounds.begin(), rounds.end(),
            [](const Round& a, const Round& b) { return a.value < b.value; });
  const Round& middle = rounds[rounds.size() / 2];
  finding.p50 = Quantile(middle.load.millis, 0.5);
  finding.p99 = Quantile(middle.load.millis, 0.99);
  for (const auto& [name, seconds] : middle.cpu) {
    finding.cpu_micros[name] =
        seconds * 1e6 / static_cast<double>(std::max<int64_t>(1, middle.load.ok));
  }
  if (after.batches > before.batches) {
    finding.batch = (after.calls - before.calls) / (after.batches - before.batches);
  }
  finding.remark = FailureText(middle.load);
  field.report().Add(std::move(finding));
}

}  // namespace crm::bench

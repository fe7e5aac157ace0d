#include "clients/crmctl/page/sales_page.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <map>
#include <set>

#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/page/flow_chart.h"
#include "clients/crmctl/page/scale.h"
#include "clients/crmctl/report/figure_text.h"
#include "clients/crmctl/report/report_tables.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

namespace v1 = opportunity::v1;

std::string DayText(const type::v1::Date& day) { return absl::FormatCivilTime(rpc::DayFrom(day)); }

std::string InstantText(const google::protobuf::Timestamp& time, const std::string& zone_name) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!zone_name.empty()) absl::LoadTimeZone(zone_name, &zone);
  return absl::FormatTime("%Y-%m-%d %H:%M", rpc::TimeFrom(time), zone);
}

// What of the scope was asked for, in words.
std::vector<std::string> ScopeFacts(const v1::ReportScope& scope) {
  std::vector<std::string> facts;
  if (!scope.pipeline().empty()) facts.push_back(scope.pipeline());
  if (scope.owners_size() > 0) {
    facts.push_back(absl::StrCat("Owners: ", absl::StrJoin(scope.owners(), ", ")));
  }
  if (!scope.currency_code().empty()) facts.push_back("In " + scope.currency_code());
  for (const auto& [key, value] : scope.attributes()) {
    facts.push_back(absl::StrCat(key, " = ", value));
  }
  return facts;
}

// Up to which event, in each partition of the log.
std::string EventsText(const v1::ReportBasis& basis) {
  if (basis.last_sequences_size() < 2) {
    return absl::StrCat("Events up to ", Grouped(basis.last_sequence()));
  }
  std::vector<std::string> sequences;
  for (const int64_t sequence : basis.last_sequences()) sequences.push_back(Grouped(sequence));
  return absl::StrCat("Events up to ", absl::StrJoin(sequences, " / "), " of the ",
                      sequences.size(), " partitions of the log");
}

std::vector<std::string> FactsOf(const SalesFigures& figures) {
  const v1::ReportBasis& basis = figures.funnel.answer.basis();
  const v1::ReportPeriod& period = figures.funnel.request.period();
  const std::string zone = basis.time_zone().empty() ? "UTC" : basis.time_zone();
  std::vector<std::string> facts = {
      absl::StrCat("As of ", InstantText(basis.as_of(), zone), " ", zone),
      absl::StrCat("Opened, moved and closed from ", DayText(period.start()), " until before ",
                   DayText(period.end())),
      basis.clock() == v1::REPORT_CLOCK_RECORDED ? "What was known then"
                                                 : "What was so, as known now",
      EventsText(basis)};
  for (std::string& fact : ScopeFacts(figures.funnel.request.scope())) {
    facts.push_back(std::move(fact));
  }
  return facts;
}

// Where the stages that moves name stand along the way, from what the reports say of them.
class StagePlaces {
 public:
  explicit StagePlaces(const SalesFigures& figures) {
    std::set<std::string> entered, named;
    for (const v1::FlowRow& row : figures.flow.answer.rows()) {
      entered.insert(row.to_stage_key());
      named.insert({row.from_stage_key(), row.to_stage_key()});
    }
    for (const v1::FunnelStage& stage : figures.funnel.answer.total().stages()) {
      if (stage.type() == v1::STAGE_TYPE_WON) {
        won_.insert(stage.stage_key());
      } else if (named.contains(stage.stage_key())) {
        Add(stage.stage_key());
      }
    }
    for (const v1::WinRow& row : figures.wins_by_stage.answer.rows()) {
      if (row.won() > 0) won_.insert(row.key(0));
    }
    for (const v1::StageTimeRow& row : figures.stage_times.answer.rows()) {
      if (named.contains(row.stage_key())) Add(row.stage_key());
    }
    // What was left and not entered was entered before the period, so it is open.
    for (const std::string& key : named) {
      if (!key.empty() && !entered.contains(key) && !won_.contains(key)) Add(key);
    }
  }

  // 0 where things are opened, open stages from 1, closed ones behind them.
  FlowNode NodeOf(const SalesFigures& figures, const std::string& key) const {
    if (key.empty()) return {"Opened", 0, "s1", 1};
    if (const auto place = places_.find(key); place != places_.end()) {
      return {StageName(figures, key), place->second, "s1", 1};
    }
    const bool won = won_.contains(key);
    return {StageName(figures, key), places_.size() + 1, won ? "s2" : "s3", won ? 0 : 2};
  }

 private:
  void Add(const std::string& key) { places_.emplace(key, places_.size() + 1); }

  std::map<std::string, size_t> places_;
  std::set<std::string> won_;
};

FlowChart ChartOf(const SalesFigures& figures) {
  FlowChart chart{"Flow: moves from stage to stage", {}, {}};
  const StagePlaces places(figures);
  std::map<std::string, size_t> nodes;
  const auto node = [&](const std::string& key) {
    const auto [found, fresh] = nodes.try_emplace(key, chart.nodes.size());
    if (fresh) chart.nodes.push_back(places.NodeOf(figures, key));
    return found->second;
  };
  for (const v1::FlowRow& row : figures.flow.answer.rows()) {
    const size_t from = node(row.from_stage_key());
    chart.links.push_back({from, node(row.to_stage_key()), static_cast<double>(row.count())});
  }
  return chart;
}

std::string MoneyList(const std::vector<std::string>& sums) {
  return sums.empty() ? "–" : absl::StrJoin(sums, ", ");
}

Card OpenCard(const SalesFigures& figures) {
  const v1::PipelineRow& open = figures.open_by_stage.answer.total();
  std::vector<std::string> amounts;
  for (const v1::ReportSum& sum : open.sums()) {
    amounts.push_back(ShortMoney(static_cast<double>(sum.amount_minor()), sum.currency_code()));
  }
  return {"Open", Grouped(open.count()), MoneyList(amounts)};
}

Card WeightedCard(const SalesFigures& figures) {
  std::vector<std::string> sums;
  for (const v1::ReportSum& sum : figures.open_by_stage.answer.total().sums()) {
    sums.push_back(ShortMoney(static_cast<double>(sum.weighted_minor()), sum.currency_code()));
  }
  return {"Open, weighted", MoneyList(sums), "amount × probability"};
}

Card WonCard(const SalesFigures& figures) {
  const v1::WinRow& total = figures.wins_by_month.answer.total();
  std::vector<std::string> sums;
  for (const v1::WinSum& sum : total.sums()) {
    if (sum.won_minor() == 0) continue;
    sums.push_back(ShortMoney(static_cast<double>(sum.won_minor()), sum.currency_code()));
  }
  return {"Won in the period", MoneyList(sums), absl::StrCat(Grouped(total.won()), " closed won")};
}

Card RateCard(const SalesFigures& figures) {
  const v1::WinRow& total = figures.wins_by_month.answer.total();
  return {"Win rate", total.has_rate() ? PercentText(total.rate()) : "–",
          absl::StrCat("of ", Grouped(total.won() + total.lost()), " closed")};
}

Card CycleCard(const SalesFigures& figures) {
  const v1::WinRow& total = figures.wins_by_month.answer.total();
  const bool known = total.has_median_won_cycle_days();
  return {"Cycle of won ones",
          known ? absl::StrFormat("%.0f days", total.median_won_cycle_days()) : "–",
          known ? absl::StrFormat("median; mean %.1f", total.mean_won_cycle_days()) : ""};
}

// What stands below the velocity: what it takes for granted, or why there is none.
std::string VelocityRemark(const SalesFigures& figures, bool known) {
  const auto& totals = figures.velocity.answer.totals();
  const int64_t without = totals.empty() ? 0 : totals[0].open_without_amount();
  const bool none_open = figures.open_by_stage.answer.total().count() == 0;
  if (without == 0 && !known && !none_open) return "nothing won in the currency of what is open";
  if (without == 0) return "a day";
  const std::string those = absl::StrCat(Grouped(without), " open without an amount");
  if (totals.size() > 1) return absl::StrCat(known ? "a day; " : "", those, " not counted");
  return known ? absl::StrCat("a day, if ", those, " bring the mean")
               : absl::StrCat("nothing won tells what ", those, " may bring");
}

Card VelocityCard(const SalesFigures& figures) {
  std::vector<std::string> sums;
  for (const v1::VelocityRow& row : figures.velocity.answer.totals()) {
    if (row.has_velocity_minor_per_day() && row.open() > 0) {
      sums.push_back(ShortMoney(row.velocity_minor_per_day(), row.currency_code()));
    }
  }
  return {"Sales velocity", MoneyList(sums), VelocityRemark(figures, !sums.empty())};
}

Card RiskCard(const SalesFigures& figures) {
  return {"At risk", Grouped(figures.at_risk.answer.total()),
          absl::StrCat("of ", Grouped(figures.open_by_stage.answer.total().count()), " open")};
}

}  // namespace

std::string StageName(const SalesFigures& figures, const std::string& stage_key) {
  for (const v1::FunnelStage& stage : figures.funnel.answer.total().stages()) {
    if (stage.stage_key() == stage_key && !stage.display_name().empty()) {
      return stage.display_name();
    }
  }
  for (const v1::StageTimeRow& row : figures.stage_times.answer.rows()) {
    if (row.stage_key() == stage_key && !row.display_name().empty()) return row.display_name();
  }
  std::string name = Spoken(stage_key);
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] -= 'a' - 'A';
  return name;
}

Section FlowSection(const SalesFigures& figures) {
  Figure figure{
      "Moves from stage to stage",
      "How many moves there were in the period; a stage is as high as what entered or left it. "
      "Thin lines lead back.",
      {},
      nullptr,
      FlowTable(figures.flow.answer, {})};
  const FlowChart chart = ChartOf(figures);
  figure.draw = [chart](double width) { return DrawFlow(chart, width); };
  return {"flow", "Flow", {figure}};
}

std::vector<Card> SalesCards(const SalesFigures& figures) {
  return {OpenCard(figures),  WeightedCard(figures), WonCard(figures), RateCard(figures),
          CycleCard(figures), VelocityCard(figures), RiskCard(figures)};
}

Page SalesPage(const SalesFigures& figures) {
  Page page{"Sales report",
            FactsOf(figures),
            SalesCards(figures),
            {PipelineSection(figures), ForecastSection(figures), WinsSection(figures),
             FunnelSection(figures), StageTimeSection(figures), FlowSection(figures)},
            ""};
  if (figures.leads) page.sections.push_back(LeadSection(*figures.leads));
  page.sections.push_back(RiskSection(figures));
  return page;
}

}  // namespace crm::crmctl

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "clients/crmctl/arguments.h"
#include "clients/crmctl/import/money_text.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

// What stands in one stage.
struct Stage {
  int64_t count = 0;
  std::map<std::string, int64_t> sums;  // minor units by currency
  double days_open = 0;                 // of closed opportunities, summed

  std::string Sums() const {
    std::string text;
    for (const auto& [currency, minor] : sums) {
      absl::StrAppend(&text, text.empty() ? "" : ", ", FormatMinor(minor, currency));
    }
    return text;
  }
};

// Stages in the order of `position`.
using Stages = std::map<std::pair<int, std::string>, Stage>;

struct Overview {
  Stages contacts;
  Stages leads;
  Stages opportunities;
  Stage accounts;
};

template <class Request, class Visit>
absl::Status ForEach(const client::Client& client, Request request, Visit visit) {
  request.set_page_size(1000);
  return client.ForEachPage(request, [&](const auto& page) {
    visit(page);
    return true;
  });
}

template <class Enum>
std::string Word(Enum value) {
  const auto* described = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return described ? WordOf(*described) : absl::StrCat(value);
}

// What the stages of all pipelines are called across them, and in which order.
class SharedStages {
 public:
  void Add(const opportunity::v1::Pipeline& pipeline) {
    for (const auto& stage : pipeline.stages()) Add(pipeline.name(), stage);
    for (const auto& retired : pipeline.retired_stages()) Add(pipeline.name(), retired.stage());
  }

  // Key of Stages. Closed stages come last.
  std::pair<int, std::string> Place(const opportunity::v1::Opportunity& opportunity) const {
    const auto found = keys_.find({opportunity.pipeline(), opportunity.stage()});
    const std::string& key = found == keys_.end() ? opportunity.stage() : found->second;
    if (opportunity.stage_type() != opportunity::v1::STAGE_TYPE_OPEN) {
      return {kClosed + static_cast<int>(opportunity.stage_type()), key};
    }
    const auto position = positions_.find(key);
    return {position == positions_.end() ? 0 : position->second, key};
  }

 private:
  static constexpr int kClosed = 1000;

  void Add(const std::string& pipeline, const opportunity::v1::Stage& stage) {
    const std::string& key = stage.stage_key().empty() ? stage.key() : stage.stage_key();
    keys_[{pipeline, stage.key()}] = key;
    positions_.emplace(key, stage.position());  // as in the oldest pipeline that has it
  }

  std::map<std::pair<std::string, std::string>, std::string> keys_;  // by pipeline and stage
  std::map<std::string, int> positions_;                             // by shared key
};

void Count(const opportunity::v1::Opportunity& opportunity, Stage& stage) {
  ++stage.count;
  if (opportunity.has_amount()) {
    stage.sums[opportunity.amount().currency_code()] += opportunity.amount().amount_minor();
  }
  if (opportunity.has_close_time()) {
    stage.days_open += absl::FDivDuration(
        rpc::TimeFrom(opportunity.close_time()) - rpc::TimeFrom(opportunity.open_time()),
        absl::Hours(24));
  }
}

absl::StatusOr<Overview> Read(const client::Client& client) {
  Overview overview;
  CRM_RETURN_IF_ERROR(ForEach(client, contact::v1::ListContactsRequest(), [&](const auto& page) {
    for (const auto& each : page.contacts()) {
      ++overview.contacts[{each.stage(), Word(each.stage())}].count;
    }
  }));
  CRM_RETURN_IF_ERROR(ForEach(client, lead::v1::ListLeadsRequest(), [&](const auto& page) {
    for (const auto& each : page.leads())
      ++overview.leads[{each.state(), Word(each.state())}].count;
  }));
  SharedStages shared;
  CRM_RETURN_IF_ERROR(
      ForEach(client, opportunity::v1::ListPipelinesRequest(), [&](const auto& page) {
        for (const auto& each : page.pipelines()) shared.Add(each);
      }));
  CRM_RETURN_IF_ERROR(
      ForEach(client, opportunity::v1::ListOpportunitiesRequest(), [&](const auto& page) {
        for (const auto& each : page.opportunities()) {
          Count(each, overview.opportunities[shared.Place(each)]);
        }
      }));
  CRM_RETURN_IF_ERROR(ForEach(client, contact::v1::ListAccountsRequest(), [&](const auto& page) {
    for (const auto& each : page.accounts()) {
      ++overview.accounts.count;
      for (const auto& sum : each.win_sums()) {
        overview.accounts.sums[sum.currency_code()] += sum.amount_minor();
      }
    }
  }));
  return overview;
}

double MeanDays(const Stage& stage) {
  return stage.count == 0 ? 0 : stage.days_open / static_cast<double>(stage.count);
}

nlohmann::ordered_json JsonOf(const Stages& stages) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [key, stage] : stages) {
    nlohmann::ordered_json& node = json[key.second];
    node["count"] = stage.count;
    if (!stage.sums.empty()) node["sumsMinor"] = stage.sums;
    if (stage.days_open > 0) node["meanDaysOpen"] = MeanDays(stage);
  }
  return json;
}

void Print(const Overview& overview) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const char* thing, const Stages& stages) {
    for (const auto& [key, stage] : stages) {
      rows.push_back({thing, key.second, Grouped(stage.count), stage.Sums(),
                      stage.days_open > 0 ? absl::StrFormat("%.3f", MeanDays(stage)) : ""});
      thing = "";
    }
  };
  add("contacts", overview.contacts);
  add("leads", overview.leads);
  add("opportunities", overview.opportunities);
  rows.push_back({"accounts", "", Grouped(overview.accounts.count), overview.accounts.Sums(), ""});
  PrintTable({"", "STAGE", "COUNT", "AMOUNT", "MEAN DAYS OPEN"}, rows);
}

absl::Status Run(const Session& session) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const Overview overview, Read(client));
  if (!session.settings.json()) {
    Print(overview);
    return absl::OkStatus();
  }
  nlohmann::ordered_json json;
  json["contacts"] = JsonOf(overview.contacts);
  json["leads"] = JsonOf(overview.leads);
  json["opportunities"] = JsonOf(overview.opportunities);
  json["accounts"]["count"] = overview.accounts.count;
  json["accounts"]["winSumsMinor"] = overview.accounts.sums;
  std::printf("%s\n", json.dump(2).c_str());
  return absl::OkStatus();
}

}  // namespace

void AddOverviewCommand(CLI::App* app, Session* session) {
  AddCommand(app, "overview", "how many stand where, and what they are worth", session,
             [session] { return Run(*session); });
}

}  // namespace crm::crmctl

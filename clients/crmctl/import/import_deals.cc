// The deals, leads and opportunities of an import.

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "clients/crmctl/import/changes.h"
#include "clients/crmctl/import/deal_chain.h"
#include "clients/crmctl/import/read_all.h"
#include "common/base/status.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"
#include "crm/opportunity/v1/pipeline_service.pb.h"

namespace crm::crmctl {

using rpc::FormatName;

absl::Status ImportRun::ReadStages(const LoadedFile& file) {
  const bool needed = std::any_of(file.deals.begin(), file.deals.end(),
                                  [](const DealRecord& deal) { return !deal.moves.empty(); });
  if (!needed) return absl::OkStatus();
  opportunity::v1::GetPipelineRequest request;
  request.set_name(mapping_.pipeline.empty() ? "pipelines/default" : mapping_.pipeline);
  absl::Status status;
  bool done = false;
  calls_.Start(request, [&](absl::StatusOr<opportunity::v1::GetPipelineResponse> answer) {
    done = true;
    status = answer.status();
    if (!answer.ok()) return;
    std::vector<std::string> stages;
    for (const opportunity::v1::Stage& stage : answer->pipeline().stages()) {
      if (stage.type() == opportunity::v1::STAGE_TYPE_OPEN) stages.push_back(stage.key());
    }
    plan_ = DealPlan(std::move(stages));
  });
  Wait([&] { return done; });
  return status;
}

void ImportRun::TakeOpportunity(const DealRecord& deal, const opportunity::v1::Opportunity& found,
                                DealState* state) {
  state->opportunity = found.name();
  state->stage_type = found.stage_type();
  state->stage = found.stage();
  state->deleted |= found.has_delete_time();
  if (found.has_stage_enter_time()) state->entered = rpc::TimeFrom(found.stage_enter_time());
  // Where a run was cut off between conversion and filling, nobody has set anything yet, and no
  // stage but those of the file has been entered. Else people have been at work.
  const int64_t versions = 1 + static_cast<int64_t>(deal.moves.size());
  state->filled = !HasFill(deal) || found.probability_manual() ||
                  found.forecast_category_manual() || found.stage_version() > versions;
}

absl::Status ImportRun::ReadLeads(const LoadedFile& file,
                                  absl::flat_hash_map<std::string, size_t>* opportunities) {
  absl::flat_hash_map<std::string, size_t> rows;
  std::vector<std::string> names;
  for (size_t i = 0; i < file.deals.size(); ++i) {
    names.push_back(FormatName("leads", file.deals[i].lead_id));
    rows.emplace(names.back(), i);
  }
  return ReadAll<lead::v1::BatchGetLeadsRequest>(names, [&](const auto& page) {
    for (const lead::v1::Lead& lead : page.leads()) {
      const size_t i = rows.at(lead.name());
      DealState& state = states_[i];
      state.lead = lead.state();
      state.opportunity = lead.opportunity();
      state.deleted = lead.has_delete_time();
      if (lead.has_state_enter_time()) state.entered = rpc::TimeFrom(lead.state_enter_time());
      if (Updates()) leads_[i] = lead;
      const DealRecord& deal = file.deals[i];
      const bool goes_on =
          Updates() || deal.target > Target::kOpen || HasFill(deal) || !deal.moves.empty();
      if (lead.state() != lead::v1::LEAD_STATE_CONVERTED || !goes_on) continue;
      opportunities->emplace(lead.opportunity(), i);
    }
  });
}

absl::Status ImportRun::ReadDealStates(const LoadedFile& file) {
  states_.assign(file.deals.size(), DealState());
  leads_.clear();
  opportunities_.clear();
  absl::flat_hash_map<std::string, size_t> opportunities;
  if (file.mapping->entity == Entity::kOpportunity) {
    for (size_t i = 0; i < file.deals.size(); ++i) {
      opportunities.emplace(FormatName("opportunities", file.deals[i].opportunity_id), i);
    }
  } else {
    CRM_RETURN_IF_ERROR(ReadLeads(file, &opportunities));
  }
  std::vector<std::string> names;
  for (const auto& [name, i] : opportunities) names.push_back(name);
  return ReadAll<opportunity::v1::BatchGetOpportunitiesRequest>(names, [&](const auto& page) {
    for (const opportunity::v1::Opportunity& each : page.opportunities()) {
      const size_t i = opportunities.at(each.name());
      TakeOpportunity(file.deals[i], each, &states_[i]);
      if (Updates()) opportunities_[i] = each;
    }
  });
}

std::string ImportRun::LacksContact(const DealRecord& deal, const DealState& state) const {
  if (state.lead != lead::v1::LEAD_STATE_UNSPECIFIED || !state.opportunity.empty()) return "";
  if (missing_contacts_.contains(deal.contact_id)) {
    return absl::StrCat(Shown(deal.reference), " could not be imported");
  }
  if (deleted_contacts_.contains(deal.contact_id)) {
    return absl::StrCat(Shown(deal.reference), " has been deleted since it was imported");
  }
  return "";
}

absl::Status ImportRun::RunDeals(const LoadedFile& file) {
  CRM_RETURN_IF_ERROR(ReadStages(file));
  CRM_RETURN_IF_ERROR(ReadDealStates(file));
  std::vector<size_t> items;
  for (size_t i = 0; i < file.deals.size(); ++i) {
    const DealRecord& deal = file.deals[i];
    if (states_[i].deleted) {
      Count(&FileOutcome::deleted);
      continue;
    }
    DealChain chain(this, file, i, &states_[i]);
    const absl::StatusOr<bool> left = chain.HasSomethingToDo();
    if (!left.ok()) {
      Reject(deal.row, std::string(left.status().message()));
    } else if (!*left) {
      Count(&FileOutcome::unchanged);
    } else if (std::string lack = LacksContact(deal, states_[i]); !lack.empty()) {
      Reject(deal.row, std::move(lack));
    } else {
      items.push_back(i);
    }
  }
  Drive(std::move(items), [this, &file](size_t i) {
    auto chain = std::make_unique<DealChain>(this, file, i, &states_[i]);
    DealChain* const started = chain.get();
    chains_[i] = std::move(chain);
    started->Next();
  });
  chains_.clear();
  return absl::OkStatus();
}

}  // namespace crm::crmctl

// The deals, leads and opportunities of an import.

#include <absl/strings/str_cat.h>

#include "clients/crmctl/import/changes.h"
#include "clients/crmctl/import/deal_chain.h"
#include "clients/crmctl/import/import_run.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {

using rpc::FormatName;

namespace {

DealRecord& DealOf(ImportRow& row) { return std::get<DealRecord>(row.record.thing); }

using RowsByName = std::shared_ptr<absl::flat_hash_map<std::string, ImportRow*>>;

std::vector<std::string> NamesOf(const RowsByName& rows) {
  std::vector<std::string> names;
  for (const auto& [name, row] : *rows) names.push_back(name);
  return names;
}

}  // namespace

void ImportRun::TakeOpportunity(const DealRecord& deal, const opportunity::v1::Opportunity& found,
                                DealState* state) {
  state->opportunity = found.name();
  state->stage_type = found.stage_type();
  state->stage = found.stage();
  state->version = found.stage_version();
  state->deleted |= found.has_delete_time();
  if (found.has_stage_enter_time()) state->entered = rpc::TimeFrom(found.stage_enter_time());
  state->filled = IsFilled(deal, found);
}

void ImportRun::ReadLeads(RowWindow* window) {
  const auto rows = std::make_shared<absl::flat_hash_map<std::string, ImportRow*>>();
  for (ImportRow& row : window->rows) {
    rows->emplace(FormatName("leads", DealOf(row).lead_id), &row);
  }
  Read<lead::v1::BatchGetLeadsRequest>(window, NamesOf(rows), [=, this](const auto& page) {
    const auto sold = std::make_shared<absl::flat_hash_map<std::string, ImportRow*>>();
    for (const lead::v1::Lead& lead : page.leads()) {
      const auto found = rows->find(lead.name());
      if (found == rows->end()) continue;
      ImportRow& row = *found->second;
      DealState& state = row.state;
      state.lead = lead.state();
      state.opportunity = lead.opportunity();
      state.version = lead.stage_version();
      state.deleted = lead.has_delete_time();
      if (lead.has_state_enter_time()) state.entered = rpc::TimeFrom(lead.state_enter_time());
      if (Updates()) row.lead = lead;
      const DealRecord& deal = DealOf(row);
      const bool goes_on =
          Updates() || deal.target > Target::kOpen || HasFill(deal) || !deal.moves.empty();
      if (lead.state() == lead::v1::LEAD_STATE_CONVERTED && goes_on) {
        sold->emplace(lead.opportunity(), &row);
      }
    }
    ReadOpportunities(window, sold);
  });
}

void ImportRun::ReadOpportunities(RowWindow* window) {
  const auto rows = std::make_shared<absl::flat_hash_map<std::string, ImportRow*>>();
  for (ImportRow& row : window->rows) {
    rows->emplace(FormatName("opportunities", DealOf(row).opportunity_id), &row);
  }
  ReadOpportunities(window, rows);
}

void ImportRun::ReadOpportunities(RowWindow* window, const RowsByName& rows) {
  Read<opportunity::v1::BatchGetOpportunitiesRequest>(
      window, NamesOf(rows), [this, rows](const auto& page) {
        for (const opportunity::v1::Opportunity& each : page.opportunities()) {
          const auto found = rows->find(each.name());
          if (found == rows->end()) continue;
          TakeOpportunity(DealOf(*found->second), each, &found->second->state);
          if (Updates()) found->second->opportunity = each;
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

void ImportRun::StartDeal(ImportRow* row) {
  DealRecord& deal = DealOf(*row);
  if (row->state.deleted) return FinishAs(row, &FileOutcome::deleted);
  if (!deal.reference.empty()) deal.contact_id = Resolved(deal.contact_id);
  row->chain = std::make_unique<DealChain>(this, file(), row);
  if (row->chain->IsOutOfDate()) return FinishOlder(row);
  const absl::StatusOr<bool> left = row->chain->HasSomethingToDo();
  if (!left.ok()) return FinishFailed(row, left.status(), "");
  if (!*left) return FinishAs(row, &FileOutcome::unchanged);
  if (const std::string lack = LacksContact(deal, row->state); !lack.empty()) {
    return FinishFailed(row, absl::FailedPreconditionError(lack), "");
  }
  row->chain->Next();
}

}  // namespace crm::crmctl

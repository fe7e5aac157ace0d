#include "services/lead/store/assignment_store.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/aggregate/batch.h"
#include "common/aggregate/read_rows.h"
#include "common/aggregate/revisions.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/idempotency/run_once.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/lead/domain/dealer.h"
#include "services/lead/domain/lead_assignment.h"
#include "services/lead/store/assignment_json.h"
#include "services/lead/store/assignment_statements.h"
#include "services/lead/store/lead_table.h"
#include "services/lead/store/statements.h"

namespace crm::lead {
namespace {

constexpr char kRules[] = "assignmentRules";

absl::StatusOr<RulesRevision> RulesOf(const Document& document) {
  auto rules = RulesFromJson(document.json);
  if (!rules.has_value()) {
    return error::DataDamaged(absl::StrCat(kRules, "/revisions/", document.revision));
  }
  rules->revision = document.revision;
  return RulesRevision{*std::move(rules), document.record_time, document.actor};
}

// Who had the last lead of each rule, with the tenant's dealing locked.
absl::StatusOr<Turns> LockTurns(pg::Transaction& transaction, const std::string& tenant) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kLockTurns, pg::MakeParams(tenant)));
  pg::RowReader read(rows[0]);
  return read.Checked(read.Parsed(0, TurnsFromJson), "assignmentTurns");
}

// How many live leads those have among whom rules deal by load.
absl::StatusOr<Loads> CountLoads(pg::Transaction& transaction, const std::string& tenant,
                                 const AssignmentRules& rules) {
  std::set<std::string> agents;
  for (const AssignmentRule& rule : rules.rules) {
    if (rule.way == AssignmentWay::kLeastLoaded) agents.insert(rule.team.begin(), rule.team.end());
  }
  Loads loads;
  if (agents.empty()) return loads;
  pg::Columns columns;
  for (const std::string& agent : agents) columns.Add(tenant, agent);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kCountLoads, columns.ToParams()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const std::string agent = read.Text(0);
    loads[agent] = read.Int(1);
    if (!read.ok()) return read.Damage("lead");
  }
  return loads;
}

// Leads that are locked while they are dealt.
using LeadSlots = aggregate::Slots<Lead>;

absl::StatusOr<LeadSlots> LockLeads(pg::Transaction& transaction, const DealOrder& order) {
  std::vector<aggregate::Key> keys;
  for (const base::Uuid& id : order.leads) keys.push_back({order.tenant, id});
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kLockLeads, aggregate::KeyParams(keys)));
  LeadSlots slots;
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(Lead lead, ReadLead(row));
    aggregate::Key key{lead.tenant, lead.id};
    slots.emplace(std::move(key), aggregate::Slot<Lead>{std::move(lead)});
  }
  return slots;
}

LeadTraits TraitsOf(const Lead& lead, const DealOrder& order) {
  const auto country = order.countries.find(lead.contact);
  const Basis basis{order.policy.policy, {}, order.policy.record_time};
  return {lead.source, country == order.countries.end() ? "" : country->second,
          JudgeLead(lead, basis, std::nullopt, order.now).score};
}

// Deals one lead, or says why not.
absl::StatusOr<Dealt> DealLead(const DealOrder& order, const AssignmentRules& rules, Dealer& dealer,
                               aggregate::Slot<Lead>& slot) {
  const Lead& lead = *slot.aggregate;
  Dealt dealt{lead.id, DealOutcome::kUnspecified, lead.state, lead.owner, ""};
  const AssignmentRule* rule = nullptr;
  if (!IsWorkable(lead.state)) {
    dealt.outcome = DealOutcome::kNotLive;
  } else if (!lead.owner.empty()) {
    dealt.outcome = DealOutcome::kHasOwner;
  } else if (rule = FirstRuleFor(rules, TraitsOf(lead, order)); rule == nullptr) {
    dealt.outcome = DealOutcome::kNoRule;
  }
  if (rule == nullptr) return dealt;
  dealt.outcome = DealOutcome::kAssigned;
  dealt.owner = dealer.Next(*rule);
  dealt.rule = rule->name;
  const Assignment assignment{absl::StrCat("Rule: ", rule->name), rule->name, rules.revision,
                              order.author.actor, order.now};
  aggregate::Change<Lead> change;
  change.key = {order.tenant, lead.id};
  change.request = order.request;
  change.author = order.author;
  change.apply = [&](Lead& given) { return Assign(given, dealt.owner, assignment); };
  change.answer = [](const Lead&) { return std::string(); };
  CRM_RETURN_IF_ERROR(aggregate::ApplyChange(
                          change, &slot, order.now,
                          [](const aggregate::Key& key) { return LeadName(key.id); },
                          LeadTable().StoredFields())
                          .status());
  return dealt;
}

absl::Status Write(pg::Transaction& transaction, LeadSlots& slots) {
  std::vector<aggregate::Written<Lead>> writes;
  std::vector<aggregate::RevisionRow> revisions;
  for (auto& [key, slot] : slots) {
    if (!slot.loaded.has_value()) continue;
    writes.push_back({&*slot.loaded, &*slot.aggregate});
    for (aggregate::RevisionRow& row : slot.revisions) revisions.push_back(std::move(row));
  }
  if (writes.empty()) return absl::OkStatus();
  CRM_RETURN_IF_ERROR(LeadTable().Update(transaction, writes));
  return aggregate::RecordRevisions(transaction, revisions);
}

}  // namespace

AssignmentStore::AssignmentStore(pg::Pool& pool)
    : pool_(pool),
      documents_(pool, {kLockRules, kCurrentRules, kFindRules, kListRules, kInsertRules, kRules,
                        RulesToJson(BuiltInRules().rules)}) {}

absl::StatusOr<RulesRevision> AssignmentStore::Find(const std::string& tenant, int64_t revision,
                                                    base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const Document document, documents_.Find(tenant, revision, deadline));
  return RulesOf(document);
}

absl::StatusOr<std::vector<RulesRevision>> AssignmentStore::List(const std::string& tenant,
                                                                 std::optional<int64_t> before,
                                                                 int limit,
                                                                 base::Deadline deadline) const {
  return documents_.ListAs(tenant, before, limit, deadline, RulesOf);
}

absl::StatusOr<aggregate::Answer> AssignmentStore::Update(const RulesUpdate& update,
                                                          base::Deadline deadline) {
  return documents_.Update(DocumentUpdateOf(update, RulesToJson(update.rules), RulesOf), deadline);
}

absl::StatusOr<std::string> AssignmentStore::DealOnce(pg::Transaction& transaction,
                                                      const DealOrder& order) {
  CRM_ASSIGN_OR_RETURN(Turns turns, LockTurns(transaction, order.tenant));
  CRM_ASSIGN_OR_RETURN(const Document document, documents_.Current(transaction, order.tenant));
  if (document.revision != order.rules_revision) {
    return error::Error(absl::StatusCode::kAborted, error::kWriteConflict,
                        "The assignment rules have just been changed.");
  }
  CRM_ASSIGN_OR_RETURN(const RulesRevision rules, RulesOf(document));
  CRM_ASSIGN_OR_RETURN(LeadSlots slots, LockLeads(transaction, order));
  CRM_ASSIGN_OR_RETURN(Loads loads, CountLoads(transaction, order.tenant, rules.rules));
  KeepTurnsOf(rules.rules, turns);
  Dealer dealer(std::move(turns), std::move(loads));
  std::vector<Dealt> dealt;
  for (const base::Uuid& id : order.leads) {
    const auto slot = slots.find(aggregate::Key{order.tenant, id});
    if (slot == slots.end() || slot->second.aggregate->delete_time.has_value()) {
      dealt.push_back({.lead = id});
      continue;
    }
    CRM_ASSIGN_OR_RETURN(Dealt one, DealLead(order, rules.rules, dealer, slot->second));
    dealt.push_back(std::move(one));
  }
  CRM_RETURN_IF_ERROR(Write(transaction, slots));
  CRM_RETURN_IF_ERROR(
      transaction.Defer(kSaveTurns, pg::MakeParams(order.tenant, TurnsToJson(dealer.turns()))));
  return order.answer(dealt);
}

absl::StatusOr<aggregate::Answer> AssignmentStore::Deal(const DealOrder& order,
                                                        base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(
      idempotency::OnceAnswer answer,
      idempotency::RunOnce(pool_, order.tenant, order.request, deadline,
                           [&](pg::Transaction& it) { return DealOnce(it, order); }));
  return aggregate::Answer{std::move(answer.bytes), answer.replayed};
}

}  // namespace crm::lead

#include "services/contact/store/erasure_store.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/aggregate/stored_json.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/personal_data.h"
#include "services/contact/store/contact_json.h"
#include "services/contact/store/erasure_statements.h"
#include "services/contact/store/statements.h"

namespace crm::contact {
namespace {

// A contact that is to be erased, as it is found.
struct Found {
  int64_t edition = 0;
  std::optional<absl::Time> delete_time;
  bool erased = false;
  std::optional<base::Uuid> account;
};

// What is erased together.
struct Group {
  base::Uuid head;
  std::map<base::Uuid, Found> members;  // the head too
  std::vector<base::Uuid> former_survivors;
};

absl::StatusOr<Found> Lock(pg::Transaction& transaction, const base::TenantKey& contact) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kLockErased, pg::MakeParams(contact.tenant, contact.id)));
  if (rows.empty()) return error::NotFound(ContactName(contact.id)).ToStatus();
  pg::RowReader read(rows[0]);
  const Found found{read.Int(0), read.OptionalTime(1), !read.IsNull(2), read.OptionalUuid(3)};
  return read.Checked(found, ContactName(contact.id));
}

absl::StatusOr<std::vector<base::Uuid>> ReadIds(const absl::StatusOr<pg::Rows>& rows) {
  CRM_RETURN_IF_ERROR(rows.status());
  std::vector<base::Uuid> ids;
  for (const pg::Row row : *rows) {
    pg::RowReader read(row);
    ids.push_back(read.Uuid(0));
    if (!read.ok()) return read.Damage("contact_merge");
  }
  return ids;
}

// Locked in id order, as every writer of contacts does.
absl::StatusOr<Group> LockGroup(pg::Transaction& transaction, const base::TenantKey& contact) {
  // Before the rows: the lifecycle holds its turn while it locks and writes them.
  CRM_RETURN_IF_ERROR(transaction.Defer(kTakeLifecycleTurn, pg::Params()));
  CRM_ASSIGN_OR_RETURN(
      std::vector<base::Uuid> ids,
      ReadIds(transaction.Query(kFindErasedGroup, pg::MakeParams(contact.tenant, contact.id))));
  if (ids.empty()) return error::NotFound(ContactName(contact.id)).ToStatus();
  Group group{ids.front(), {}, {}};
  CRM_ASSIGN_OR_RETURN(
      group.former_survivors,
      ReadIds(transaction.Query(kFindFormerSurvivors, pg::MakeParams(contact.tenant, ids))));
  std::sort(ids.begin(), ids.end());
  for (const base::Uuid& id : ids) {
    CRM_ASSIGN_OR_RETURN(group.members[id], Lock(transaction, {contact.tenant, id}));
  }
  return group;
}

absl::Status CheckEtag(const ErasureRequest& request, const Group& group) {
  const std::string current = absl::StrCat(group.members.at(group.head).edition);
  if (request.etag.empty() || request.etag == current) return absl::OkStatus();
  return error::StaleEtag(ContactName(group.head))
      .With("etag", request.etag)
      .With("currentEtag", current);
}

// What others can find the contact by, and what it keeps from them.
absl::Status Release(pg::Transaction& transaction, const base::TenantKey& contact) {
  for (const pg::Statement& statement : {kReleaseErasedKeys, kReleaseErasedEmployments,
                                         kReleaseErasedTerms, kReleaseErasedTermLine}) {
    CRM_RETURN_IF_ERROR(transaction.Defer(statement, pg::MakeParams(contact.tenant, contact.id)));
  }
  return absl::OkStatus();
}

aggregate::ErasureOrder OrderFor(const ErasureRequest& request, const Group& group,
                                 const base::Uuid& contact, absl::Time now) {
  const Found& found = group.members.at(contact);
  aggregate::ErasureOrder order;
  order.tenant = request.contact.tenant;
  order.things = {contact};
  order.names = {ContactName(contact)};
  if (found.account.has_value()) {
    order.things.push_back(*found.account);
    order.names.push_back(AccountName(*found.account));
  }
  order.author = {request.actor, std::string(stage::kEraseMethod)};
  order.now = now;
  if (!found.delete_time.has_value()) {
    order.further_table = "contact";
    order.further_changes = absl::StrCat(",[\"delete_time\",null,", absl::ToUnixMicros(now), "]");
  }
  if (contact != group.head) return order;
  order.former_keepers = group.former_survivors;
  for (const base::Uuid& id : group.former_survivors) order.names.push_back(ContactName(id));
  return order;
}

std::string RowsToJson(const aggregate::ErasedRows& rows) {
  return SumsToJson({rows.begin(), rows.end()});
}

absl::Status WriteAnswer(pg::Transaction& transaction, const base::TenantKey& contact,
                         const std::string& service, const base::Uuid& ask, absl::Time time,
                         const aggregate::ErasedRows& rows) {
  CRM_RETURN_IF_ERROR(transaction.Defer(
      kWriteAnswer,
      pg::MakeParams(contact.tenant, contact.id, service, ask, time, RowsToJson(rows))));
  return transaction.Defer(kCompleteErasure, pg::MakeParams(contact.tenant, contact.id, time));
}

// Rows of kFindErasure or kListErasures: one for each part.
absl::StatusOr<std::vector<Erasure>> ReadErasures(const pg::Rows& rows) {
  std::vector<Erasure> erasures;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    Erasure erasure{read.Text(0),
                    read.Uuid(1),
                    read.Enum(2, kErasureReasonNames),
                    read.Text(3),
                    read.Time(4),
                    read.OptionalTime(5),
                    read.OptionalTime(6),
                    std::vector<ErasurePart>()};
    const auto sums = read.Parsed(10, SumsFromJson);
    ErasurePart part{
        read.Text(7), read.OptionalTime(8), read.OptionalTime(9), {sums.begin(), sums.end()}};
    if (!read.ok()) return read.Damage(absl::StrCat("erasure of ", ContactName(erasure.contact)));
    if (erasures.empty() || erasures.back().tenant != erasure.tenant ||
        erasures.back().contact != erasure.contact) {
      erasures.push_back(std::move(erasure));
    }
    erasures.back().parts.push_back(std::move(part));
  }
  return erasures;
}

// Of kFindErasure.
absl::StatusOr<Erasure> FoundErasure(const absl::StatusOr<pg::Rows>& rows,
                                     const base::Uuid& contact) {
  CRM_RETURN_IF_ERROR(rows.status());
  CRM_ASSIGN_OR_RETURN(std::vector<Erasure> erasures, ReadErasures(*rows));
  if (!erasures.empty()) return Joined(std::move(erasures));
  return error::NotFound(absl::StrCat(ContactName(contact), "/erasure")).ToStatus();
}

// Of several that were one nothing tells any more that they were.
absl::Status Dissolve(pg::Transaction& transaction, const std::string& tenant, const Group& group) {
  std::vector<base::Uuid> ids;
  for (const auto& [id, found] : group.members) ids.push_back(id);
  CRM_RETURN_IF_ERROR(transaction.Defer(kDropErasedFormerKeys, pg::MakeParams(tenant, ids)));
  return transaction.Defer(kDropErasedMerges, pg::MakeParams(tenant, group.head));
}

}  // namespace

ErasureStore::ErasureStore(pg::Pool& pool, base::IdGenerator& ids, std::function<void()> on_commit)
    : pool_(pool), ids_(ids), on_commit_(std::move(on_commit)), eraser_(PersonalDataOfContacts()) {}

absl::Status ErasureStore::EraseOne(pg::Transaction& transaction, const ErasureRequest& request,
                                    const aggregate::ErasureOrder& order,
                                    const std::optional<base::Uuid>& along_with) const {
  const base::TenantKey contact{order.tenant, order.things.front()};
  CRM_RETURN_IF_ERROR(
      transaction.Defer(kMarkErased, pg::MakeParams(contact.tenant, contact.id, order.now)));
  CRM_RETURN_IF_ERROR(Release(transaction, contact));
  CRM_ASSIGN_OR_RETURN(const aggregate::ErasedRows rows, eraser_.Erase(transaction, order));

  stage::ContactErasure event;
  event.service = kErasingServices[0];
  event.tenant = contact.tenant;
  event.contact = contact.id;
  event.event_id = ids_.New();
  event.actor = request.actor;
  event.reason = std::string(base::NameOf(kErasureReasonNames, request.reason));
  event.time = order.now;
  event.rows = rows;
  const std::optional<absl::Time> again =
      request.last ? std::nullopt : std::optional(order.now + kLookAgainAfter);
  const std::vector<std::string> services(std::begin(kErasingServices), std::end(kErasingServices));
  CRM_RETURN_IF_ERROR(transaction.Defer(
      kWriteErasure, pg::MakeParams(contact.tenant, contact.id, event.reason, request.actor,
                                    order.now, event.event_id, again, along_with)));
  CRM_RETURN_IF_ERROR(
      transaction.Defer(kWriteParts, pg::MakeParams(contact.tenant, contact.id, services)));
  CRM_RETURN_IF_ERROR(
      WriteAnswer(transaction, contact, event.service, event.event_id, order.now, rows));
  return stage::AddErasure(transaction, event);
}

absl::StatusOr<Erasure> ErasureStore::EraseIn(pg::Transaction& transaction,
                                              const ErasureRequest& request, absl::Time now) const {
  const std::string& tenant = request.contact.tenant;
  CRM_ASSIGN_OR_RETURN(const Group group, LockGroup(transaction, request.contact));
  const bool erased = group.members.at(group.head).erased;
  if (!erased) CRM_RETURN_IF_ERROR(CheckEtag(request, group));
  if (!erased || request.again) {
    for (const auto& [id, found] : group.members) {
      CRM_RETURN_IF_ERROR(EraseOne(transaction, request, OrderFor(request, group, id, now),
                                   id == group.head ? std::nullopt : std::optional(group.head)));
    }
    CRM_RETURN_IF_ERROR(Dissolve(transaction, tenant, group));
  }
  return FoundErasure(transaction.Query(kFindErasure, pg::MakeParams(tenant, request.contact.id)),
                      request.contact.id);
}

absl::StatusOr<Erasure> ErasureStore::Erase(const ErasureRequest& request, absl::Time now,
                                            base::Deadline deadline) const {
  absl::StatusOr<Erasure> erasure = absl::UnknownError("not run");
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(
      pool_, pg::Tenants(request.contact.tenant), deadline,
      [&](pg::Transaction& transaction) -> absl::Status {
        erasure = EraseIn(transaction, request, absl::FromUnixMicros(absl::ToUnixMicros(now)));
        return erasure.status();
      }));
  on_commit_();
  return erasure;
}

absl::StatusOr<Erasure> ErasureStore::Find(const base::TenantKey& contact,
                                           base::Deadline deadline) const {
  return FoundErasure(pool_.Read(pg::Tenants(contact.tenant), kFindErasure,
                                 pg::MakeParams(contact.tenant, contact.id), deadline),
                      contact.id);
}

absl::StatusOr<std::vector<Erasure>> ErasureStore::After(const base::TenantKey& after, bool all,
                                                         int limit, base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(pg::Tenants::All(), kListErasures,
                                  pg::MakeParams(after.tenant, after.id, limit, all), deadline));
  return ReadErasures(rows);
}

absl::StatusOr<OpenErasures> ErasureStore::CountOpen(base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(pg::Tenants::All(), kCountOpenErasures, pg::Params(), deadline));
  pg::RowReader read(rows[0]);
  return read.Checked(OpenErasures{read.Int(0), read.OptionalTime(1)}, "contact_erasure");
}

absl::StatusOr<std::vector<ErasureRequest>> ErasureStore::Due(absl::Time now, int limit,
                                                              base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants::All(), kFindDueErasures,
                                                       pg::MakeParams(now, limit), deadline));
  std::vector<ErasureRequest> due;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    due.push_back({{read.Text(0), read.Uuid(1)}, read.Enum(2, kErasureReasonNames), read.Text(3)});
    due.back().again = true;
    due.back().last = true;
    if (!read.ok()) return read.Damage("contact_erasure");
  }
  return due;
}

absl::Status ErasureStore::Answered(pg::Transaction& transaction,
                                    const stage::ContactErasure& answer) {
  CRM_RETURN_IF_ERROR(
      transaction.Defer(kLockErasure, pg::MakeParams(answer.tenant, answer.contact)));
  return WriteAnswer(transaction, {answer.tenant, answer.contact}, answer.service,
                     answer.answers.value_or(base::Uuid()), answer.time, answer.rows);
}

}  // namespace crm::contact

#include "services/lead/store/document_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/idempotency/run_once.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::lead {
namespace {

std::string RevisionName(const DocumentKind& kind, int64_t revision) {
  return absl::StrCat(kind.name, "/revisions/", revision);
}

// The columns revision, record_time, actor, definition.
absl::StatusOr<Document> ReadDocument(const pg::Row& row, const DocumentKind& kind) {
  pg::RowReader read(row);
  Document document{read.Int(0), read.Time(1), read.Text(2), read.Text(3)};
  return read.Checked(document, RevisionName(kind, document.revision));
}

}  // namespace

Document DocumentStore::BuiltIn() const { return {.actor = "", .json = kind_.built_in}; }

absl::StatusOr<Document> DocumentStore::Find(const std::string& tenant, int64_t revision,
                                             base::Deadline deadline) const {
  const bool current = revision == 0;
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      current ? pool_.Read(pg::Tenants(tenant), kind_.current, pg::MakeParams(tenant), deadline)
              : pool_.Read(pg::Tenants(tenant), kind_.find, pg::MakeParams(tenant, revision),
                           deadline));
  if (!rows.empty()) return ReadDocument(rows[0], kind_);
  if (revision <= 1) return BuiltIn();
  return error::NotFound(RevisionName(kind_, revision)).ToStatus();
}

absl::StatusOr<Document> DocumentStore::Current(pg::Transaction& transaction,
                                                const std::string& tenant) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kind_.current, pg::MakeParams(tenant)));
  return rows.empty() ? BuiltIn() : ReadDocument(rows[0], kind_);
}

absl::StatusOr<std::vector<Document>> DocumentStore::List(const std::string& tenant,
                                                          std::optional<int64_t> before, int limit,
                                                          base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      pool_.Read(pg::Tenants(tenant), kind_.list, pg::MakeParams(tenant, before, limit), deadline));
  std::vector<Document> found;
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(Document document, ReadDocument(row, kind_));
    found.push_back(std::move(document));
  }
  const bool more = before.value_or(2) > 1;
  if (more && static_cast<int>(found.size()) < limit) found.push_back(BuiltIn());
  return found;
}

absl::StatusOr<std::string> DocumentStore::UpdateOnce(pg::Transaction& transaction,
                                                      const DocumentUpdate& update) const {
  CRM_RETURN_IF_ERROR(transaction.Query(kind_.lock, pg::MakeParams(update.tenant)).status());
  CRM_ASSIGN_OR_RETURN(Document document, Current(transaction, update.tenant));
  const std::string etag = absl::StrCat(document.revision);
  if (!update.etag.empty() && update.etag != etag) {
    return error::StaleEtag(kind_.name).With("etag", update.etag).With("currentEtag", etag);
  }
  if (document.json != update.json) {
    const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(update.now));
    document = {document.revision + 1, std::max(now, document.record_time + absl::Microseconds(1)),
                update.actor, update.json};
    CRM_RETURN_IF_ERROR(transaction.Defer(
        kind_.insert, pg::MakeParams(update.tenant, document.revision, document.record_time,
                                     document.actor, document.json)));
  }
  return update.answer(document);
}

absl::StatusOr<aggregate::Answer> DocumentStore::Update(const DocumentUpdate& update,
                                                        base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(
      idempotency::OnceAnswer answer,
      idempotency::RunOnce(pool_, update.tenant, update.request, deadline,
                           [&](pg::Transaction& it) { return UpdateOnce(it, update); }));
  return aggregate::Answer{std::move(answer.bytes), answer.replayed};
}

}  // namespace crm::lead

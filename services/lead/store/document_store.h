#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/aggregate/repository.h"
#include "common/base/steady_clock.h"
#include "common/idempotency/request.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"

namespace crm::lead {

// One revision of a document of which every tenant has one. Revision 1 is built in.
struct Document {
  int64_t revision = 1;
  absl::Time record_time = absl::InfinitePast();  // the built-in one always was
  std::string actor;
  std::string json;
};

// A new text of a tenant's document.
struct DocumentUpdate {
  std::string tenant;
  std::string json;
  std::string etag;  // empty: whatever the current revision
  std::optional<idempotency::Request> request;
  std::string actor;
  absl::Time now;
  std::function<absl::StatusOr<std::string>(const Document&)> answer;  // the serialized response
};

// What a document says, as `read(document)` tells or refuses.
template <class Said>
using DocumentReader = absl::StatusOr<Said> (*)(const Document&);

// The update of a document of which `update`, which must outlive it, has what it will say, as
// `json`; `read` reads it again for the answer.
template <class Update, class Said>
DocumentUpdate DocumentUpdateOf(const Update& update, std::string json, DocumentReader<Said> read) {
  return {update.tenant,
          std::move(json),
          update.etag,
          update.request,
          update.actor,
          update.now,
          [&update, read](const Document& stored) -> absl::StatusOr<std::string> {
            absl::StatusOr<Said> said = read(stored);
            if (!said.ok()) return said.status();
            return update.answer(*said);
          }};
}

// Where a kind of document is kept, and what it is called.
struct DocumentKind {
  // ($1 tenant): locks the tenant's document, and gives its latest revision.
  pg::Statement lock;
  pg::Statement current;
  pg::Statement find;    // ($1 tenant, $2 revision)
  pg::Statement list;    // ($1 tenant, $2 revision before which, or NULL, $3 limit): newest first
  pg::Statement insert;  // ($1 tenant, $2 revision, $3 record_time, $4 actor, $5 json)
  const char* name;      // "assignmentRules", for errors
  std::string built_in;  // the json of revision 1
};

// The documents of one kind in PostgreSQL. Thread-safe; every method but Current blocks on a
// connection of its own. Rows that cannot be read are DATA_LOSS DATA_DAMAGED.
class DocumentStore {
 public:
  DocumentStore(pg::Pool& pool, DocumentKind kind) : pool_(pool), kind_(std::move(kind)) {}

  // A revision, 0 for the current one. NOT_FOUND RESOURCE_NOT_FOUND.
  absl::StatusOr<Document> Find(const std::string& tenant, int64_t revision,
                                base::Deadline deadline) const;

  // The current one, within a transaction.
  absl::StatusOr<Document> Current(pg::Transaction& transaction, const std::string& tenant) const;

  // At most `limit` revisions before `before` (nothing: from the current one), the newest first;
  // the built-in one is the last.
  absl::StatusOr<std::vector<Document>> List(const std::string& tenant,
                                             std::optional<int64_t> before, int limit,
                                             base::Deadline deadline) const;

  // The same, each read by `read`.
  template <class Said>
  absl::StatusOr<std::vector<Said>> ListAs(const std::string& tenant, std::optional<int64_t> before,
                                           int limit, base::Deadline deadline,
                                           DocumentReader<Said> read) const {
    absl::StatusOr<std::vector<Document>> documents = List(tenant, before, limit, deadline);
    if (!documents.ok()) return documents.status();
    std::vector<Said> found;
    for (const Document& document : *documents) {
      absl::StatusOr<Said> said = read(document);
      if (!said.ok()) return said.status();
      found.push_back(*std::move(said));
    }
    return found;
  }

  // Makes a new revision unless the current one has the same text, and gives the answer, or the
  // first answer to this request. Errors: ABORTED ETAG_MISMATCH, REQUEST_ID_REUSED, database
  // errors.
  absl::StatusOr<aggregate::Answer> Update(const DocumentUpdate& update, base::Deadline deadline);

 private:
  absl::StatusOr<std::string> UpdateOnce(pg::Transaction& transaction,
                                         const DocumentUpdate& update) const;
  Document BuiltIn() const;

  pg::Pool& pool_;
  const DocumentKind kind_;
};

}  // namespace crm::lead

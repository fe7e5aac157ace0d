#include "services/lead/store/conversion_reads.h"

#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "services/lead/store/conversion_statements.h"

namespace crm::lead {
namespace {

// The columns of CRM_CONVERSION_COLUMNS from `first` on.
absl::StatusOr<ConversionRecord> ReadConversion(pg::RowReader& read, int first) {
  ConversionRecord record;
  record.id = read.Uuid(first);
  record.request_id = read.Uuid(first + 1);
  record.lead = read.Uuid(first + 2);
  record.opportunity = read.Uuid(first + 3);
  record.state = read.Enum(first + 4, kConversionStateNames);
  record.given_up = read.Bool(first + 5);
  record.attempt = read.Int(first + 6);
  record.last_error = read.Text(first + 7);
  record.next_attempt = read.Time(first + 8);
  record.create_time = read.Time(first + 9);
  record.update_time = read.Time(first + 10);
  return read.Checked(record, ConversionResource(record.request_id));
}

}  // namespace

bool IsUnderWay(const ConversionRecord& record) {
  return record.state == ConversionState::kStarted;
}

std::vector<absl::StatusOr<ConversionRecord>> ConversionReads::Find(
    absl::Span<const ConversionQuestion> questions, base::Deadline deadline) const {
  std::vector<absl::StatusOr<ConversionRecord>> found;
  pg::Columns columns;
  for (const ConversionQuestion& question : questions) {
    found.push_back(absl::Status(error::NotFound(ConversionResource(question.request_id))));
    columns.Add(question.tenant, question.conversion);
  }
  if (questions.empty()) return found;
  const absl::StatusOr<pg::Rows> rows =
      pool_.Read(pg::TenantsOf(questions), kFindConversions, columns.ToParams(), deadline);
  if (!rows.ok()) {
    found.assign(questions.size(), rows.status());
    return found;
  }
  for (const pg::Row row : *rows) {
    pg::RowReader read(row);
    const size_t n = read.Index(0, questions.size());
    found[n] = ReadConversion(read, 1);
  }
  return found;
}

absl::StatusOr<std::vector<ConversionRecord>> ConversionReads::ListOpen(
    const std::string& tenant, std::optional<ConversionState> state,
    const std::optional<RecordPosition>& after, int limit, base::Deadline deadline) const {
  pg::Params params = pg::MakeParams(tenant);
  if (state.has_value()) {
    params.Add(NameOf(kConversionStateNames, *state));
  } else {
    params.AddNull();
  }
  AddPosition(params, after);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants(tenant), kListOpenConversions,
                                                       params.Add(limit), deadline));
  std::vector<ConversionRecord> listed;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    CRM_ASSIGN_OR_RETURN(ConversionRecord record, ReadConversion(read, 0));
    listed.push_back(std::move(record));
  }
  return listed;
}

}  // namespace crm::lead

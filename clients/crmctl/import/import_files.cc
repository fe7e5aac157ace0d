#include "clients/crmctl/import/import_files.h"

#include <absl/strings/str_cat.h>

#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::crmctl {

absl::Status ImportFiles::MakeKnown(const Mapping& mapping) {
  CRM_ASSIGN_OR_RETURN(known_.organizations, KnownRows::Make());
  CRM_ASSIGN_OR_RETURN(known_.persons, KnownRows::Make());
  known_.addresses = std::make_unique<TakenAddresses>(mapping);
  for (const FileMapping& each : mapping.files) {
    if (IsEvidence(each.entity) && !known_.leads) known_.leads = std::make_unique<KeyIndex>();
    if (each.entity != Entity::kAccount || known_.customers) continue;
    known_.customers = std::make_unique<KeyIndex>();
    CRM_ASSIGN_OR_RETURN(known_.employers, KnownRows::Make());
  }
  return absl::OkStatus();
}

bool ImportFiles::MakeReaders(const Mapping& mapping, absl::Time now, FileTables* tables,
                              error::Error* problems) {
  bool stopped = false;
  const FileReader::OtherFiles others = {[&](const std::string& name, const std::string& column) {
                                           auto values = tables->Values(name, column);
                                           stopped |= absl::IsCancelled(values.status());
                                           return values;
                                         },
                                         [&](const FileMapping& of) {
                                           auto histories = tables->History(of);
                                           stopped |= absl::IsCancelled(histories.status());
                                           return histories;
                                         }};
  for (const std::unique_ptr<RecordFeed>& feed : feeds_) {
    feed->reader_ =
        std::make_unique<FileReader>(mapping, feed->mapping_, *feed->rows_, now, others, problems);
    if (!feed->before_) continue;
    feed->before_reader_ = std::make_unique<FileReader>(mapping, feed->mapping_, *feed->before_,
                                                        now, others, problems);
  }
  return !stopped;
}

absl::StatusOr<std::unique_ptr<ImportFiles>> ImportFiles::Open(const Mapping& mapping,
                                                               const std::string& folder,
                                                               const ImportIds& ids, absl::Time now,
                                                               const std::function<bool()>& stop,
                                                               const std::string& mended) {
  std::unique_ptr<ImportFiles> files(new ImportFiles());
  CRM_RETURN_IF_ERROR(files->MakeKnown(mapping));
  FileTables tables(mapping, folder, stop);
  error::Error problems = error::InvalidFields();
  for (const FileMapping& each : mapping.files) {
    absl::StatusOr<std::unique_ptr<FileRows>> rows = tables.Prepared(each);
    if (absl::IsCancelled(rows.status()) || absl::IsResourceExhausted(rows.status())) {
      return rows.status();
    }
    if (!rows.ok()) {
      problems.Violation(each.file, std::string(rows.status().message()));
      continue;
    }
    files->feeds_.emplace_back(
        new RecordFeed(mapping, each, ids, now, stop, &files->known_, *std::move(rows)));
    if (mended.empty()) continue;
    RecordFeed& feed = *files->feeds_.back();
    absl::StatusOr<std::unique_ptr<FileRows>> rest = tables.PreparedIn(mended, each);
    if (!rest.ok()) {
      problems.Violation(absl::StrCat(mended, "/", each.file),
                         std::string(rest.status().message()));
      continue;
    }
    feed.gives_none_ = *rest == nullptr;
    if (feed.gives_none_) continue;
    feed.before_ = std::exchange(feed.rows_, *std::move(rest));
  }
  if (problems.HasViolations()) return problems;
  if (!files->MakeReaders(mapping, now, &tables, &problems)) {
    return absl::CancelledError("stopped while reading");
  }
  if (problems.HasViolations()) return problems;
  return files;
}

}  // namespace crm::crmctl

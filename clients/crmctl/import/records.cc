#include "clients/crmctl/import/records.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>

#include "clients/crmctl/import/file_tables.h"
#include "clients/crmctl/import/row_records.h"
#include "clients/crmctl/import/row_values.h"
#include "clients/crmctl/import/taken_addresses.h"
#include "common/error/error.h"

namespace crm::crmctl {
namespace {

// By what name people know it: the server's rule, so that deals are named alike.
std::string DisplayName(const contact::v1::Contact& contact) {
  if (!contact.display_name().empty() || !contact.has_person()) return contact.display_name();
  const contact::v1::Person& person = contact.person();
  const bool both = !person.given_name().empty() && !person.family_name().empty();
  return absl::StrCat(person.given_name(), both ? " " : "", person.family_name());
}

class Loader {
 public:
  Loader(const Mapping& mapping, const std::string& folder, const ImportIds& ids, absl::Time now,
         const std::function<bool()>& stop)
      : mapping_(mapping),
        ids_(ids),
        now_(now),
        stop_(stop),
        tables_(mapping, folder, stop_),
        taken_(mapping.duplicates) {}

  absl::StatusOr<std::vector<LoadedFile>> Load() {
    std::vector<LoadedFile> files;
    error::Error problems = error::InvalidFields();
    for (const FileMapping& each : mapping_.files) {
      LoadedFile& file = files.emplace_back();
      file.mapping = &each;
      absl::StatusOr<CsvTable> table = tables_.Prepared(each);
      if (absl::IsCancelled(table.status())) return table.status();
      if (!table.ok()) {
        problems.Violation(each.file, std::string(table.status().message()));
        continue;
      }
      file.table = *std::move(table);
    }
    if (problems.HasViolations()) return problems;
    std::vector<FileReader> readers;
    for (LoadedFile& file : files) {
      readers.emplace_back(
          mapping_, *file.mapping, file.table, now_,
          FileReader::OtherFiles{[this](const std::string& name, const std::string& column) {
                                   return tables_.Values(name, column);
                                 },
                                 [this](const FileMapping& of) { return tables_.History(of); }},
          &problems);
    }
    if (problems.HasViolations()) return problems;
    for (size_t i = 0; i < files.size(); ++i) {
      if (!ReadRows(readers[i], &files[i])) return absl::CancelledError("stopped while reading");
    }
    return files;
  }

 private:
  // False when it was stopped.
  bool ReadRows(const FileReader& reader, LoadedFile* file) {
    absl::flat_hash_map<std::string, int64_t> lines;  // of keys
    const bool contacts = IsContact(file->mapping->entity);
    for (size_t i = 0; i < file->table.rows().size(); ++i) {
      if (i % 1024 == 0 && stop_ && stop_()) return false;
      const CsvRow& row = file->table.rows()[i];
      if (!row.problem.empty()) {
        file->rejected.push_back({i, row.problem, ""});
        continue;
      }
      RowValues values = reader.Row(row);
      const std::string key = contacts ? TakeContact(i, &values, file) : TakeDeal(i, &values, file);
      if (const auto known = lines.find(key); known != lines.end() && !key.empty()) {
        if (file->mapping->first_only) {
          contacts ? file->contacts.pop_back() : file->deals.pop_back();
          ++file->passed_over;
          continue;
        }
        values.KeyProblem(absl::StrCat("stands on line ", known->second, " already"));
      }
      if (values.problems().empty()) {
        contacts ? taken_.Take(&values, &file->contacts.back())
                 : taken_.Take(&values, &file->deals.back());
      }
      if (values.problems().empty()) {
        lines.emplace(key, row.line);
        if (values.warnings().empty()) continue;
        file->warnings.push_back({i, absl::StrJoin(values.warnings(), "; "), key});
        continue;
      }
      contacts ? file->contacts.pop_back() : file->deals.pop_back();
      file->rejected.push_back({i, absl::StrJoin(values.problems(), "; "), key});
    }
    if (file->mapping->entity == Entity::kOrganization) PutParentsFirst(file);
    for (const ContactRecord& contact : file->contacts) {
      (file->mapping->entity == Entity::kOrganization ? known_.organizations : known_.persons)
          .emplace(contact.key, DisplayName(contact.contact));
    }
    return true;
  }

  std::string TakeContact(size_t index, RowValues* values, LoadedFile* file) {
    file->contacts.push_back(ReadContact(ids_, mapping_, known_, values));
    file->contacts.back().row = index;
    return file->contacts.back().key;
  }

  std::string TakeDeal(size_t index, RowValues* values, LoadedFile* file) {
    file->deals.push_back(ReadDeal(ids_, mapping_, known_, values));
    file->deals.back().row = index;
    return file->deals.back().key;
  }

  // Gives every organization its level; rejects those whose parent is unknown, rejected or in a
  // circle with them.
  void PutParentsFirst(LoadedFile* file) {
    std::vector<ContactRecord> placed;
    std::vector<ContactRecord> waiting = std::move(file->contacts);
    absl::flat_hash_set<std::string> ready;
    for (const auto& [key, name] : known_.organizations) ready.insert(key);
    for (int level = 0; !waiting.empty(); ++level) {
      std::vector<ContactRecord> later;
      const size_t first = placed.size();
      for (ContactRecord& record : waiting) {
        const bool free = record.reference.empty() || ready.contains(record.reference);
        record.level = level;
        (free ? placed : later).push_back(std::move(record));
      }
      if (placed.size() == first) {
        waiting = std::move(later);
        break;
      }
      for (size_t i = first; i < placed.size(); ++i) ready.insert(placed[i].key);
      waiting = std::move(later);
    }
    for (const ContactRecord& record : waiting) {
      file->rejected.push_back(
          {record.row,
           absl::StrCat("parent: ", Shown(record.reference),
                        " is unknown, cannot be imported, or is below this one"),
           record.key});
    }
    file->contacts = std::move(placed);
  }

  const Mapping& mapping_;
  const ImportIds& ids_;
  const absl::Time now_;
  const std::function<bool()>& stop_;
  FileTables tables_;
  KnownContacts known_;
  TakenAddresses taken_;
};

}  // namespace

absl::StatusOr<std::vector<LoadedFile>> LoadFiles(const Mapping& mapping, const std::string& folder,
                                                  const ImportIds& ids, absl::Time now,
                                                  const std::function<bool()>& stop) {
  return Loader(mapping, folder, ids, now, stop).Load();
}

}  // namespace crm::crmctl

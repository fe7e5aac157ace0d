#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "clients/crmctl/import/draft_parties.h"

namespace crm::crmctl {

// A file's part of the mapping, and what is to be said of its places ("fields.opened").
struct DraftFile {
  DraftJson node;
  std::map<std::string, std::string> notes;

  void Put(const std::string& field, DraftSource source);
  void Where(DraftJson condition);  // one more of the rows that count
  // Fields that the table has columns for, as they stand.
  void PutTexts(const DraftTable& table, Entity entity, std::initializer_list<const char*> fields);
  void PutReach(const DraftTable& table, Entity entity, std::initializer_list<const char*> fields);
  // What is left out where it cannot be read.
  void PutLoosely(const DraftTable& table, Entity entity, const char* field);
};

// The parts of the mapping, what others refer to first.
class DraftFiles {
 public:
  // All must outlive it.
  DraftFiles(const std::deque<DraftTable>& tables, const DraftParties& parties)
      : tables_(tables), parties_(parties) {}

  std::vector<DraftFile> Write() const;

 private:
  std::vector<DraftFile> Parts() const;
  // Not all that nothing uses as attributes, where rows have too many of them.
  void KeepRestInBounds(DraftFile* file) const;
  DraftFile Head(const DraftTable& table, Entity entity, const std::string& key) const;
  DraftFile Contact(const DraftParty& party) const;
  DraftFile Sale(const DraftTable& table, Entity entity) const;
  std::vector<DraftFile> Deals(const DraftTable& table) const;
  std::vector<DraftFile> Accounts() const;
  std::vector<DraftFile> Activities() const;
  std::vector<DraftFile> Assessments() const;
  DraftFile Activity(const DraftTable& table) const;
  DraftFile Assessment(const DraftTable& leads, const std::string& criterion,
                       const std::string& column) const;

  void PutOwner(const DraftTable& table, Entity entity, DraftFile* file) const;
  void PutReference(const DraftReference& reference, const char* field, DraftFile* file) const;
  void PutCustomer(const DraftTable& table, DraftFile* file) const;
  void PutStage(const DraftTable& table, Entity entity, DraftFile* file) const;
  void PutHistory(const DraftTable& table, Entity entity, DraftFile* file) const;
  void PutDates(const DraftTable& table, Entity entity, DraftFile* file) const;
  void PutSource(const DraftTable& table, Entity entity, const std::string& prefix,
                 DraftFile* file) const;
  bool Holds(Entity entity) const;
  // A field that refers to leads or deals; whether there is one.
  bool PutThing(const DraftTable& table, Entity to, const char* field, DraftFile* file) const;
  const DraftTable* Of(DraftTable::Role role) const;

  const std::deque<DraftTable>& tables_;
  const DraftParties& parties_;
};

}  // namespace crm::crmctl

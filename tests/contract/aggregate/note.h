#pragma once

#include <string>
#include <vector>

#include "common/aggregate/repository.h"
#include "common/aggregate/table.h"
#include "common/base/uuid.h"
#include "common/pg/migrator.h"
#include "common/stage/stage_record.h"

namespace crm::testing {

// The smallest aggregate there is: a text that moves from stage to stage.
struct Note {
  std::string tenant;
  base::Uuid id;
  int64_t revision = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::string text;
  std::string label;  // unique per tenant unless empty
  std::string stage;
  int64_t stage_version = 0;
  std::vector<stage::StageRecord> stages;

  bool operator==(const Note&) const = default;
};

inline std::string NoteName(const aggregate::Key& key) { return "notes/" + key.id.ToString(); }

// Moves the note and collects the move, as a domain would.
void MoveNote(Note& note, const std::string& stage, const base::Uuid& event_id, absl::Time now);

pg::MigrationSet NoteMigrations();

class NoteTable final : public aggregate::Table<Note> {
 public:
  const pg::Statement& SelectForUpdate() const override;
  const pg::Statement& Select() const override;
  absl::StatusOr<Note> Read(const pg::Row& row) const override;
  aggregate::Fields<Note> StoredFields() const override;
  absl::Status FindConflicts(pg::Transaction& transaction, aggregate::Writes<Note> notes,
                             absl::Span<absl::Status> refusals) const override;
  absl::Status Insert(pg::Transaction& transaction, aggregate::Writes<Note> notes) const override;
  absl::Status Update(pg::Transaction& transaction, aggregate::Writes<Note> notes) const override;
  void AppendStages(const Note& note, std::vector<stage::StageRecord>& out) const override {
    out.insert(out.end(), note.stages.begin(), note.stages.end());
  }
  std::string Name(const aggregate::Key& key) const override { return NoteName(key); }
};

}  // namespace crm::testing

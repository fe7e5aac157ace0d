#include "tests/contract/aggregate/note.h"

#include <set>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/row_reader.h"

namespace crm::testing {
namespace {

constexpr pg::Statement kSelect{
    "note_select",
    "SELECT tenant, id, revision, create_time, update_time, body, label, stage, stage_version "
    "FROM note JOIN unnest($1::text[], $2::uuid[]) AS k(tenant, id) USING (tenant, id)"};
constexpr pg::Statement kLock{
    "note_lock",
    "SELECT n.tenant, n.id, n.revision, n.create_time, n.update_time, n.body, n.label, n.stage, "
    "n.stage_version FROM note n JOIN unnest($1::text[], $2::uuid[]) AS k(tenant, id) "
    "USING (tenant, id) ORDER BY n.tenant, n.id FOR UPDATE OF n"};
constexpr pg::Statement kInsert{
    "note_insert",
    "INSERT INTO note (tenant, id, revision, create_time, update_time, body, label, stage, "
    "stage_version) SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[], "
    "$5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::bigint[])"};
constexpr pg::Statement kUpdate{
    "note_update",
    "UPDATE note n SET revision = v.revision, update_time = v.update_time, body = v.body, "
    "label = v.label, stage = v.stage, stage_version = v.stage_version "
    "FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::text[], $6::text[], "
    "$7::text[], $8::bigint[]) AS v(tenant, id, revision, update_time, body, label, stage, "
    "stage_version) WHERE n.tenant = v.tenant AND n.id = v.id"};
constexpr pg::Statement kTaken{
    "note_taken",
    "SELECT k.n, (o.id = k.id) FROM unnest($1::text[], $2::uuid[], $3::text[]) WITH ORDINALITY "
    "AS k(tenant, id, label, n) JOIN note o ON o.tenant = k.tenant "
    "AND (o.id = k.id OR o.label = k.label)"};

std::optional<std::string> LabelOf(const Note& note) {
  return note.label.empty() ? std::nullopt : std::optional(note.label);
}

absl::Status Taken(const Note& note, const char* reason) {
  return error::Error(absl::StatusCode::kAlreadyExists, reason, "There is such a note.")
      .With("name", NoteName({note.tenant, note.id}));
}

}  // namespace

void MoveNote(Note& note, const std::string& stage, const base::Uuid& event_id, absl::Time now) {
  stage::StageRecord record;
  record.tenant = note.tenant;
  record.kind = "lead";
  record.id = note.id;
  record.version = ++note.stage_version;
  record.event_id = event_id;
  record.from_stage = note.stage;
  record.to_stage = stage;
  record.effective = record.recorded = now;
  record.actor = "tester";
  note.stage = stage;
  note.stages.push_back(record);
}

pg::MigrationSet NoteMigrations() {
  return {"note",
          {{1, "note",
            "CREATE TABLE note (tenant text, id uuid, revision bigint, create_time timestamptz, "
            "update_time timestamptz, body text, label text, stage text, stage_version bigint, "
            "CONSTRAINT note_pkey PRIMARY KEY (tenant, id), "
            "CONSTRAINT note_label UNIQUE (tenant, label), "
            "CONSTRAINT note_body CHECK (body <> 'poison'))"},
           // The connection of a transaction that writes "doomed" dies within its COMMIT.
           {2, "doom",
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$; "
            "CREATE CONSTRAINT TRIGGER doom AFTER INSERT OR UPDATE ON note DEFERRABLE INITIALLY "
            "DEFERRED FOR EACH ROW WHEN (NEW.body = 'doomed') EXECUTE FUNCTION die()"}}};
}

const pg::Statement& NoteTable::SelectForUpdate() const { return kLock; }
const pg::Statement& NoteTable::Select() const { return kSelect; }

absl::StatusOr<Note> NoteTable::Read(const pg::Row& row) const {
  pg::RowReader read(row);
  Note note;
  note.tenant = read.Text(0);
  note.id = read.Uuid(1);
  note.revision = read.Int(2);
  note.create_time = read.Time(3);
  note.update_time = read.Time(4);
  note.text = read.Text(5);
  note.label = read.TextOrEmpty(6);
  note.stage = read.Text(7);
  note.stage_version = read.Int(8);
  if (!read.ok()) return read.Damage(Name({note.tenant, note.id}));
  return note;
}

aggregate::Fields<Note> NoteTable::StoredFields() const {
  static constexpr aggregate::Field<Note> kFields[] = {
      aggregate::FieldOf<Note, &Note::text>("text"),
      aggregate::FieldOf<Note, &Note::label>("label"),
      aggregate::FieldOf<Note, &Note::stage>("stage"),
      aggregate::FieldOf<Note, &Note::stage_version>("stage_version"),
  };
  return kFields;
}

absl::Status NoteTable::FindConflicts(pg::Transaction& transaction, aggregate::Writes<Note> notes,
                                      absl::Span<absl::Status> refusals) const {
  pg::Columns columns;
  for (const auto& [before, note] : notes) columns.Add(note->tenant, note->id, LabelOf(*note));
  pg::Params params;
  if (columns.empty()) return absl::OkStatus();
  columns.AddTo(params);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kTaken, params));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const size_t n = read.Index(0, notes.size());
    const auto& [before, note] = notes[n];
    const bool same_id = read.Bool(1);
    if (same_id && before != nullptr) continue;
    refusals[n] = Taken(*note, same_id ? error::kDuplicateId : "DUPLICATE_LABEL");
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (size_t i = 0; i < notes.size(); ++i) {
    const auto& [before, note] = notes[i];
    const bool id = seen.insert({note->tenant, "id " + note->id.ToString()}).second;
    const bool label =
        note->label.empty() || seen.insert({note->tenant, "label " + note->label}).second;
    if (id && label) continue;
    if (refusals[i].ok()) refusals[i] = Taken(*note, id ? "DUPLICATE_LABEL" : error::kDuplicateId);
  }
  return absl::OkStatus();
}

absl::Status NoteTable::Insert(pg::Transaction& transaction, aggregate::Writes<Note> notes) const {
  pg::Columns columns;
  for (const auto& [before, n] : notes) {
    columns.Add(n->tenant, n->id, n->revision, n->create_time, n->update_time, n->text, LabelOf(*n),
                n->stage, n->stage_version);
  }
  pg::Params params;
  columns.AddTo(params);
  return transaction.Defer(kInsert, params);
}

absl::Status NoteTable::Update(pg::Transaction& transaction, aggregate::Writes<Note> notes) const {
  pg::Columns columns;
  for (const auto& [before, n] : notes) {
    columns.Add(n->tenant, n->id, n->revision, n->update_time, n->text, LabelOf(*n), n->stage,
                n->stage_version);
  }
  pg::Params params;
  columns.AddTo(params);
  return transaction.Defer(kUpdate, params);
}

}  // namespace crm::testing

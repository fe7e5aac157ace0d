-- Line items, competitors and team stand in `work`, not in `details`: the program of the version
-- before, which may still run, rewrites details whole and would lose them.
ALTER TABLE opportunity
  ADD COLUMN work          jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN next_step     text  NOT NULL DEFAULT '',
  ADD COLUMN next_step_due date,
  ADD COLUMN attributes    jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN delete_time   timestamptz,
  ADD COLUMN cloned_from   uuid;

-- A deleted opportunity frees its external id: of equal ids at most one is live, and those that are
-- not differ in when they were deleted.
DROP INDEX opportunity_external_id;
CREATE UNIQUE INDEX opportunity_external_id ON opportunity (tenant, external_id, delete_time)
  NULLS NOT DISTINCT WHERE external_id IS NOT NULL;
CREATE INDEX opportunity_cloned_from ON opportunity (tenant, cloned_from)
  WHERE cloned_from IS NOT NULL;

-- An empty map has no entry here; whoever asks says `attributes <> '{}'` too.
CREATE INDEX opportunity_attributes ON opportunity USING gin (attributes jsonb_path_ops)
  WITH (fastupdate = off) WHERE attributes <> '{}';

-- What salespeople keep with a lead, and what lists find leads by. `score`, `outcome` and
-- `stale_time` tell how the lead stood when its evidence was last judged.
ALTER TABLE lead
  ADD COLUMN open_time     timestamptz,  -- when it came in; NULL: when the row was made
  ADD COLUMN organization  uuid,
  ADD COLUMN next_step     text  NOT NULL DEFAULT '',
  ADD COLUMN next_step_due date,
  ADD COLUMN attributes    jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN delete_time   timestamptz,
  ADD COLUMN score         smallint,
  ADD COLUMN outcome       text,
  ADD COLUMN stale_time    timestamptz;

-- A deleted lead frees its external id: of equal ids at most one is live, and those that are not
-- differ in when they were deleted.
DROP INDEX lead_external_id;
CREATE UNIQUE INDEX lead_external_id ON lead (tenant, external_id, delete_time)
  NULLS NOT DISTINCT WHERE external_id IS NOT NULL;

-- What edits alone change; rpc/lead_filters.cc has the same expressions. None on state, score or
-- last activity: with one, no move, assessment or activity would stay in its page (HOT).
CREATE INDEX lead_source ON lead (tenant, source, create_time);
CREATE INDEX lead_organization ON lead (tenant, organization, create_time)
  WHERE organization IS NOT NULL;
CREATE INDEX lead_next_step ON lead (tenant, coalesce(next_step_due, DATE '10000-01-01'), id);
-- Whole: the planner takes no statistics from a partial index, and would look for the leads of a
-- product that few want one by one. It knows the frequencies of 400 lists of products.
CREATE INDEX lead_interests ON lead USING gin ((interests::jsonb) jsonb_path_ops)
  WITH (fastupdate = off);
ALTER INDEX lead_interests ALTER COLUMN 1 SET STATISTICS 400;
-- An empty map has no entry here; whoever asks says `attributes <> '{}'` too.
CREATE INDEX lead_attributes ON lead USING gin (attributes jsonb_path_ops)
  WITH (fastupdate = off) WHERE attributes <> '{}';

-- Last again, for the reason given in 0001: plans that were made while the table was empty take the
-- youngest index. Writes wait while the indexes of this file are built.
ALTER TABLE lead DROP CONSTRAINT lead_pkey, ADD CONSTRAINT lead_pkey PRIMARY KEY (tenant, id);

-- Activities can be edited for a day; who recorded them, and when, never.
ALTER TABLE activity ADD COLUMN update_time timestamptz;  -- of the last edit
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = current_schema() || '_app') THEN
    EXECUTE format('GRANT UPDATE (type, direction, occur_time, summary, update_time) ON activity '
                   'TO %I', current_schema() || '_app');
  END IF;
END $$;

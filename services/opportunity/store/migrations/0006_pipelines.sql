-- Pipelines: the present definition of each, and every one that it had. The id is a digest of the
-- slug. A tenant's default pipeline has a row once it was first needed.
CREATE TABLE pipeline (
  tenant       text        NOT NULL,
  id           uuid        NOT NULL,
  revision     bigint      NOT NULL,
  create_time  timestamptz NOT NULL,
  update_time  timestamptz NOT NULL,
  slug         text        NOT NULL,
  archive_time timestamptz,
  -- Names, stages in their order, retired stages.
  definition   jsonb       NOT NULL
);
CREATE INDEX pipeline_create_time ON pipeline (tenant, create_time);
-- What every move of an opportunity looks up.
CREATE UNIQUE INDEX pipeline_slug ON pipeline (tenant, slug);
ALTER TABLE pipeline ADD CONSTRAINT pipeline_pkey PRIMARY KEY (tenant, id);

-- Immutable: what a process holds of a revision is right for ever.
CREATE TABLE pipeline_revision (
  tenant       text        NOT NULL,
  id           uuid        NOT NULL,
  revision     bigint      NOT NULL,
  create_time  timestamptz NOT NULL,
  update_time  timestamptz NOT NULL,
  slug         text        NOT NULL,
  archive_time timestamptz,
  definition   jsonb       NOT NULL,
  CONSTRAINT pipeline_revision_pkey PRIMARY KEY (tenant, id, revision)
);

-- Removed stages whose opportunities are still to be moved. The row is the mover's memory: a
-- process that dies leaves it, and another goes on behind `cursor` once the row is due again.
CREATE TABLE stage_retirement (
  tenant      text        NOT NULL,
  pipeline    text        NOT NULL,
  stage       text        NOT NULL,
  actor       text        NOT NULL,    -- who removed it
  retire_time timestamptz NOT NULL,
  pass_time   timestamptz,             -- when the present pass over the tenant's opportunities began
  cursor      uuid,                    -- how far it came; absent: to its beginning
  failed      bigint      NOT NULL DEFAULT 0,  -- in the present pass
  due_time    timestamptz NOT NULL     -- not before; also how long a claim holds
);
CREATE INDEX stage_retirement_due ON stage_retirement (due_time);
ALTER TABLE stage_retirement
  ADD CONSTRAINT stage_retirement_pkey PRIMARY KEY (tenant, pipeline, stage);

DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT, UPDATE ON pipeline'),
      ('app', 'SELECT, INSERT ON pipeline_revision'),
      ('app', 'SELECT, INSERT, UPDATE, DELETE ON stage_retirement'),
      ('readonly', 'SELECT ON pipeline, pipeline_revision, stage_retirement')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;

-- What a move of an opportunity tells beyond its stages, as it was before and after. Rows of before
-- this migration, and those of older programs, have the defaults: not known.
ALTER TABLE stage_history
  ADD COLUMN change_kind              text   NOT NULL DEFAULT '',
  -- from_pipeline only if it is another than to_pipeline.
  ADD COLUMN from_pipeline            text,
  ADD COLUMN to_pipeline              text   NOT NULL DEFAULT '',
  -- Only if they differ from the stages' own keys.
  ADD COLUMN from_stage_key           text,
  ADD COLUMN to_stage_key             text,
  ADD COLUMN from_name                text   NOT NULL DEFAULT '',
  ADD COLUMN to_name                  text   NOT NULL DEFAULT '',
  ADD COLUMN gates_met                text[] NOT NULL DEFAULT '{}',
  ADD COLUMN amount_before_minor      bigint,
  ADD COLUMN currency_before          text,
  ADD COLUMN probability_before       smallint,
  ADD COLUMN forecast_category_before text   NOT NULL DEFAULT '',
  ADD COLUMN close_date_before        date,
  ADD COLUMN close_date               date,
  ADD COLUMN time_in_previous         bigint,  -- microseconds
  ADD COLUMN owner                    text   NOT NULL DEFAULT '';

-- Of the rows of stage_history that correct an earlier one: which one, and what stands in its place.
CREATE TABLE stage_correction (
  tenant               text        NOT NULL,
  aggregate            uuid        NOT NULL,
  version              bigint      NOT NULL,
  corrects_version     bigint      NOT NULL,
  stage                text        NOT NULL,
  stage_type           text        NOT NULL,
  stage_key            text        NOT NULL,
  stage_name           text        NOT NULL,
  probability          smallint,
  forecast_category    text        NOT NULL,
  superseded_effective timestamptz NOT NULL,
  enter_time_before    timestamptz NOT NULL,
  enter_time           timestamptz NOT NULL,
  -- A row is superseded once: a further correction corrects the correction.
  CONSTRAINT stage_correction_superseded UNIQUE (tenant, aggregate, corrects_version),
  CONSTRAINT stage_correction_later CHECK (corrects_version < version)
);
-- Last: among indexes of equal cost the planner takes the youngest.
ALTER TABLE stage_correction
  ADD CONSTRAINT stage_correction_pkey PRIMARY KEY (tenant, aggregate, version);

-- Rights of the service's roles, which are named after the schema; those that exist.
DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT ON stage_correction'),
      ('readonly', 'SELECT ON stage_correction')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;

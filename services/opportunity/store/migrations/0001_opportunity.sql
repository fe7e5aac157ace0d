-- The present state of every opportunity. Updates of the stage touch no indexed column, so that
-- they stay HOT; lists by stage therefore walk another index and filter.
CREATE TABLE opportunity (
  tenant                   text        NOT NULL,
  id                       uuid        NOT NULL,
  revision                 bigint      NOT NULL,
  create_time              timestamptz NOT NULL,
  update_time              timestamptz NOT NULL,
  display_name             text        NOT NULL,
  contact                  uuid        NOT NULL,
  lead                     uuid,
  owner                    text        NOT NULL,
  external_id              text,
  amount_currency          text,
  amount_minor             bigint,
  expected_close_date      date,
  pipeline                 text        NOT NULL,
  stage                    text        NOT NULL,
  stage_type               text        NOT NULL,
  stage_version            bigint      NOT NULL,
  probability              smallint    NOT NULL,
  probability_manual       boolean     NOT NULL,
  forecast_category        text        NOT NULL,
  forecast_category_manual boolean     NOT NULL,
  loss_reason              text,
  loss_note                text        NOT NULL,
  open_time                timestamptz NOT NULL,
  close_time               timestamptz,
  stage_enter_time         timestamptz NOT NULL,
  -- Needs, present supplier, payment terms, contract, contact roles and interests; what is empty
  -- is left out.
  details                  jsonb       NOT NULL,
  CONSTRAINT opportunity_amount CHECK ((amount_currency IS NULL) = (amount_minor IS NULL)),
  CONSTRAINT opportunity_snapshot CHECK (
    CASE stage_type
      WHEN 'OPEN' THEN probability BETWEEN 0 AND 100 AND close_time IS NULL AND loss_reason IS NULL
      WHEN 'WON' THEN probability = 100 AND close_time IS NOT NULL AND loss_reason IS NULL
      WHEN 'LOST' THEN probability = 0 AND close_time IS NOT NULL AND loss_reason IS NOT NULL
      ELSE false
    END)
) WITH (fillfactor = 85);

CREATE UNIQUE INDEX opportunity_external_id ON opportunity (tenant, external_id)
  WHERE external_id IS NOT NULL;
CREATE INDEX opportunity_create_time ON opportunity (tenant, create_time);
CREATE INDEX opportunity_contact ON opportunity (tenant, contact, create_time);
CREATE INDEX opportunity_owner ON opportunity (tenant, owner, create_time);
CREATE INDEX opportunity_lead ON opportunity (tenant, lead) WHERE lead IS NOT NULL;

-- Last: among indexes of equal cost, which all are while the table is empty, the planner takes the
-- youngest, and its generic plans outlive that time.
ALTER TABLE opportunity ADD CONSTRAINT opportunity_pkey PRIMARY KEY (tenant, id);

-- Rights of the service's roles, which are named after the schema; those that exist.
DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', format('USAGE ON SCHEMA %I', current_schema())),
      ('app', 'SELECT, INSERT, UPDATE ON opportunity'),
      ('app', 'SELECT, INSERT, DELETE ON idempotency'),
      ('relay', format('USAGE ON SCHEMA %I', current_schema())),
      ('readonly', format('USAGE ON SCHEMA %I', current_schema())),
      ('readonly', 'SELECT ON opportunity')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;

-- Leads. Small collections that are always read with the lead stand in it as json, which is kept as
-- it was written and never taken apart here. Indexes only on what never or seldom changes, so that
-- moves stay HOT: lists by state scan the list's own index. A lead doubles in size until it is
-- converted; the fill factor leaves room for that in its page.
CREATE TABLE lead (
  tenant                   text        NOT NULL,
  id                       uuid        NOT NULL,
  revision                 bigint      NOT NULL,
  create_time              timestamptz NOT NULL,
  update_time              timestamptz NOT NULL,
  contact                  uuid        NOT NULL,
  state                    text        NOT NULL,
  stage_version            bigint      NOT NULL,
  state_enter_time         timestamptz NOT NULL,
  owner                    text        NOT NULL,
  source                   text        NOT NULL,
  source_detail            text        NOT NULL,
  interests                json        NOT NULL,
  buying_role              text        NOT NULL,
  external_id              text,
  assessments              json        NOT NULL,
  verdict                  json,
  disqualify_reason        text        NOT NULL,
  disqualify_note          text        NOT NULL,
  qualification_overridden boolean     NOT NULL,
  override_reason          text        NOT NULL,
  activity_count           bigint      NOT NULL,
  two_way_contact          boolean     NOT NULL,
  first_response_time      timestamptz,
  last_activity_time       timestamptz,
  conversion               json,
  conversion_state         text,
  conversion_refusal       text        NOT NULL,
  CONSTRAINT lead_state CHECK (state IN ('NEW', 'WORKING', 'QUALIFIED', 'CONVERTING', 'CONVERTED',
                                         'DISQUALIFIED'))
) WITH (fillfactor = 40);

CREATE UNIQUE INDEX lead_external_id ON lead (tenant, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX lead_create_time ON lead (tenant, create_time);
CREATE INDEX lead_contact ON lead (tenant, contact, create_time);
CREATE INDEX lead_owner ON lead (tenant, owner, create_time);

-- Last: among indexes of equal cost, which all are while the table is empty, the planner takes the
-- youngest, and its generic plans outlive that time.
ALTER TABLE lead ADD CONSTRAINT lead_pkey PRIMARY KEY (tenant, id);

-- What took place with a lead; append-only.
CREATE TABLE activity (
  tenant      text        NOT NULL,
  lead        uuid        NOT NULL,
  id          uuid        NOT NULL,
  type        text        NOT NULL,
  direction   text        NOT NULL,
  occur_time  timestamptz NOT NULL,
  summary     text        NOT NULL,
  actor       text        NOT NULL,
  record_time timestamptz NOT NULL,
  CONSTRAINT activity_pkey PRIMARY KEY (tenant, lead, id)
);

-- What was found on a criterion; append-only.
CREATE TABLE assessment (
  tenant                 text        NOT NULL,
  lead                   uuid        NOT NULL,
  id                     uuid        NOT NULL,
  criterion              text        NOT NULL,
  finding                text        NOT NULL,
  observation            text        NOT NULL,
  source                 text        NOT NULL,
  assessor               text        NOT NULL,
  observe_time           timestamptz NOT NULL,
  record_time            timestamptz NOT NULL,
  expected_purchase_date date,
  budget_currency        text,
  budget_minor           bigint,
  budget_status          text        NOT NULL,
  CONSTRAINT assessment_pkey PRIMARY KEY (tenant, lead, id)
);

-- Conversions of leads into opportunities, one row each, for ever. The id follows from tenant and
-- request id, so one request id can begin one conversion only. What the conversion asks for stands
-- in the lead. next_attempt_time is both the lease of whoever carries it on and the back-off.
CREATE TABLE conversion (
  tenant            text        NOT NULL,
  id                uuid        NOT NULL,
  lead              uuid        NOT NULL,
  request_id        uuid        NOT NULL,
  request_hash      bytea       NOT NULL,
  state             text        NOT NULL,
  opportunity       uuid        NOT NULL,
  attempt           integer     NOT NULL DEFAULT 0,
  next_attempt_time timestamptz NOT NULL,
  last_error        text        NOT NULL DEFAULT '',
  create_time       timestamptz NOT NULL,
  update_time       timestamptz NOT NULL,
  CONSTRAINT conversion_state CHECK (state IN ('STARTED', 'OPPORTUNITY_DONE', 'COMPLETED',
                                               'COMPENSATED'))
) WITH (fillfactor = 70);

CREATE INDEX conversion_unfinished ON conversion (next_attempt_time)
  WHERE state IN ('STARTED', 'OPPORTUNITY_DONE');

-- Last, as above.
ALTER TABLE conversion ADD CONSTRAINT conversion_pkey PRIMARY KEY (tenant, id);

-- Rights of the service's roles, which are named after the schema; those that exist.
DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT, UPDATE ON lead, conversion'),
      ('app', 'SELECT, INSERT ON activity, assessment'),
      ('readonly', 'SELECT ON lead, activity, assessment, conversion')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;

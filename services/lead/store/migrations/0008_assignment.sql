-- How leads are dealt among the sales agents of a tenant, and captured.

-- How the present owner was given the lead; NULL if by an edit.
ALTER TABLE lead ADD COLUMN assignment json;

-- The rules: every revision, for ever. Revision 1 is built in and has no row.
CREATE TABLE assignment_rules (
  tenant      text        NOT NULL,
  revision    bigint      NOT NULL,
  record_time timestamptz NOT NULL,
  actor       text        NOT NULL,
  definition  json        NOT NULL,
  CONSTRAINT assignment_rules_pkey PRIMARY KEY (tenant, revision)
);

-- Who got the last lead of each rule that deals in turn. Whoever deals a tenant's leads locks its
-- row, so that one deals at a time.
CREATE TABLE assignment_turn (
  tenant text NOT NULL,
  turns  json NOT NULL,
  CONSTRAINT assignment_turn_pkey PRIMARY KEY (tenant)
) WITH (fillfactor = 50);

-- Which contact is being made for a lead that came in, for an hour: the key is a hash of what tells
-- the contact.
CREATE TABLE contact_claim (
  tenant     text        NOT NULL,
  key        uuid        NOT NULL,
  contact    uuid        NOT NULL,
  claim_time timestamptz NOT NULL
);
CREATE INDEX contact_claim_time ON contact_claim (claim_time);
-- Last, as in 0001.
ALTER TABLE contact_claim ADD CONSTRAINT contact_claim_pkey PRIMARY KEY (tenant, key);

DO $$
DECLARE
  right_of record;
BEGIN
  FOR right_of IN
    SELECT current_schema() || '_' || v.suffix AS role, v.what FROM (VALUES
      ('app', 'SELECT, INSERT ON assignment_rules'),
      ('app', 'SELECT, INSERT, UPDATE ON assignment_turn'),
      ('app', 'SELECT, INSERT, UPDATE, DELETE ON contact_claim'),
      ('readonly', 'SELECT ON assignment_rules, assignment_turn, contact_claim')
    ) AS v(suffix, what)
  LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = right_of.role) THEN
      EXECUTE format('GRANT %s TO %I', right_of.what, right_of.role);
    END IF;
  END LOOP;
END $$;

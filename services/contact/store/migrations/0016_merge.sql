-- Contacts that were merged into others. They are hidden like deleted ones: delete_time says when.
-- Always a contact that is itself part of none.
ALTER TABLE contact ADD COLUMN merged_into uuid;

-- What the survivor took from each, so that it can be given back.
CREATE TABLE contact_merge (
  tenant     text        NOT NULL,
  contact    uuid        NOT NULL,
  -- The one that it was merged into, and the one that this is part of by now.
  survivor   uuid        NOT NULL,
  head       uuid        NOT NULL,
  id         uuid        NOT NULL,  -- in the order of the merges
  merge_time timestamptz NOT NULL,
  taken      jsonb       NOT NULL,
  CONSTRAINT contact_merge_pkey PRIMARY KEY (tenant, contact)
);
CALL wall_tenants('contact_merge');

-- The domains and external ids that they had: others may hold these now (contact_key), and else they
-- lead to whom they are part of.
CREATE TABLE contact_former_key (
  tenant  text NOT NULL,
  kind    text NOT NULL,
  value   text NOT NULL,
  contact uuid NOT NULL,
  CONSTRAINT contact_former_key_pkey PRIMARY KEY (tenant, kind, value, contact)
);
CALL wall_tenants('contact_former_key');

-- Whom contacts were part of before they were parted again: their values stand in the old revisions
-- there, and are erased with them.
CREATE TABLE contact_parted (
  tenant   text NOT NULL,
  contact  uuid NOT NULL,
  survivor uuid NOT NULL,
  CONSTRAINT contact_parted_pkey PRIMARY KEY (tenant, contact, survivor)
);
CALL wall_tenants('contact_parted');

-- Of a contact that was erased as part of another: that other.
ALTER TABLE contact_erasure ADD COLUMN along_with uuid;

-- Whether it has bought, itself; NULL if it never had to do with a merge: then its stage says it.
-- And what those count who are part of it.
ALTER TABLE contact_lifecycle
  ADD COLUMN customer             boolean,
  ADD COLUMN merged_leads         bigint NOT NULL DEFAULT 0,
  ADD COLUMN merged_opportunities bigint NOT NULL DEFAULT 0,
  ADD COLUMN merged_customers     bigint NOT NULL DEFAULT 0;

ALTER TABLE account
  ADD COLUMN merged_into uuid,
  DROP CONSTRAINT account_status,
  ADD CONSTRAINT account_status CHECK (status IN ('ACTIVE', 'CLOSED', 'MERGED'));

-- The account that the sale counts for if nothing is merged; NULL if it is the same.
ALTER TABLE account_win ADD COLUMN home uuid;

-- As before, but for the names of organizations that were merged, which stand for the others.
CREATE OR REPLACE FUNCTION require_organizations(tenants text[], ids uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  wanted bigint;
  live   bigint;
BEGIN
  SELECT count(DISTINCT (r.tenant, r.id)) INTO wanted FROM unnest(tenants, ids) AS r (tenant, id);
  PERFORM FROM (SELECT DISTINCT tenant, id FROM unnest(tenants, ids) AS r (tenant, id)) AS r
    JOIN contact c ON c.tenant = r.tenant AND c.id = r.id
    WHERE c.kind = 'ORGANIZATION' AND (c.delete_time IS NULL OR c.merged_into IS NOT NULL)
    ORDER BY c.tenant, c.id
    FOR KEY SHARE OF c;
  GET DIAGNOSTICS live = ROW_COUNT;
  IF live < wanted THEN
    RAISE EXCEPTION 'not a live organization' USING ERRCODE = 'serialization_failure';
  END IF;
END
$$;

DO $$
DECLARE
  app      text := current_schema() || '_app';
  readonly text := current_schema() || '_readonly';
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON contact_merge TO %I', app);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON contact_former_key TO %I', app);
    EXECUTE format('GRANT SELECT, INSERT ON contact_parted TO %I', app);
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = readonly) THEN
    EXECUTE format('GRANT SELECT ON contact_merge, contact_former_key, contact_parted TO %I', readonly);
  END IF;
END
$$;

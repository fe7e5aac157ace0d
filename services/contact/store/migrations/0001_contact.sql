-- Persons and organizations. Soft delete only hides: the row and its history stay.
CREATE TABLE contact (
  tenant              text        NOT NULL,
  id                  uuid        NOT NULL,
  revision            bigint      NOT NULL,
  create_time         timestamptz NOT NULL,
  update_time         timestamptz NOT NULL,
  delete_time         timestamptz,
  kind                text        NOT NULL,
  display_name        text        NOT NULL,
  given_name          text        NOT NULL,
  family_name         text        NOT NULL,
  organization        uuid,
  job_title           text        NOT NULL,
  domain              text        NOT NULL,
  industry            text        NOT NULL,
  employee_count      bigint,
  revenue_currency    text,
  revenue_minor       bigint,
  parent_organization uuid,
  founded_year        bigint,
  location            text        NOT NULL,
  emails              jsonb       NOT NULL,
  phones              jsonb       NOT NULL,
  owner               text        NOT NULL,
  external_id         text        NOT NULL,
  stage               text        NOT NULL,
  stage_version       bigint      NOT NULL,
  stage_time          timestamptz NOT NULL,
  CONSTRAINT contact_kind CHECK (kind IN ('PERSON', 'ORGANIZATION')),
  CONSTRAINT contact_stage CHECK (stage IN ('CONTACT', 'LEAD', 'OPPORTUNITY', 'CUSTOMER')),
  CONSTRAINT contact_revenue CHECK ((revenue_currency IS NULL) = (revenue_minor IS NULL))
) WITH (fillfactor = 85);

-- Stage and revision are in no index, so that moves stay HOT: a list by stage walks the list of all.
CREATE INDEX contact_list ON contact (tenant, create_time);
CREATE INDEX contact_owner ON contact (tenant, owner, create_time);
CREATE INDEX contact_organization ON contact (tenant, organization, create_time)
  WHERE organization IS NOT NULL;

-- Last: among indexes of equal cost, which all are while the table is empty, the planner takes the
-- youngest, and its generic plans outlive that time.
ALTER TABLE contact ADD CONSTRAINT contact_pkey PRIMARY KEY (tenant, id);

-- What no two live contacts of a tenant may share. Rows go when a contact is deleted and come back
-- when it is undeleted, so a deleted contact blocks nothing.
CREATE TABLE contact_key (
  tenant  text NOT NULL,
  kind    text NOT NULL,
  value   text NOT NULL,
  contact uuid NOT NULL,
  CONSTRAINT contact_key_pkey PRIMARY KEY (tenant, kind, value),
  CONSTRAINT contact_key_kind CHECK (kind IN ('email', 'domain', 'external_id'))
);

-- Fails as a serialization failure unless all are live organizations: the caller then looks again,
-- row by row, for whom to refuse. Costs no round trip where all is well.
CREATE FUNCTION require_organizations(tenants text[], ids uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM unnest(tenants, ids) AS r (tenant, id)
    WHERE NOT EXISTS (
      SELECT FROM contact c
      WHERE c.tenant = r.tenant AND c.id = r.id AND c.kind = 'ORGANIZATION'
        AND c.delete_time IS NULL))
  THEN
    RAISE EXCEPTION 'not a live organization' USING ERRCODE = 'serialization_failure';
  END IF;
END
$$;

-- How many of a contact's revisions were moves by the lifecycle. What callers hold against lost
-- updates is about the others: a move takes nothing from an edit.
ALTER TABLE contact ADD COLUMN move_count bigint NOT NULL DEFAULT 0;

-- Fails as a serialization failure unless all are live organizations: the caller then looks again,
-- row by row, for whom to refuse. Costs no round trip where all is well. They stay live to the end
-- of the transaction: a deletion locks its row FOR UPDATE and waits, or this one does and then finds
-- the organization deleted. Edits and moves wait for nobody here.
CREATE OR REPLACE FUNCTION require_organizations(tenants text[], ids uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  wanted bigint;
  live   bigint;
BEGIN
  SELECT count(DISTINCT (r.tenant, r.id)) INTO wanted FROM unnest(tenants, ids) AS r (tenant, id);
  PERFORM FROM (SELECT DISTINCT tenant, id FROM unnest(tenants, ids) AS r (tenant, id)) AS r
    JOIN contact c ON c.tenant = r.tenant AND c.id = r.id
    WHERE c.kind = 'ORGANIZATION' AND c.delete_time IS NULL
    ORDER BY c.tenant, c.id
    FOR KEY SHARE OF c;
  GET DIAGNOSTICS live = ROW_COUNT;
  IF live < wanted THEN
    RAISE EXCEPTION 'not a live organization' USING ERRCODE = 'serialization_failure';
  END IF;
END
$$;

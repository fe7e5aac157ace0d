-- What reports of a long history read. `moves` is a copy of the lead's rows of stage_history, in the
-- form that store/story_stages.cc writes: with it a report reads a lead's moves with its row. A program
-- of before this file leaves it behind; reports notice, and read stage_history for that lead. Writes
-- wait while this file fills the column and builds the indexes.
ALTER TABLE lead ADD COLUMN moves text;

UPDATE lead l SET moves = h.moves FROM (
  SELECT tenant, aggregate, count(*) AS n, string_agg(
    to_stage || E'\x1f' || (date_part('epoch', effective_time) * 1e6)::bigint || E'\x1f' ||
    CASE WHEN recorded_time = effective_time THEN '' ELSE
      ((date_part('epoch', recorded_time) * 1e6)::bigint -
       (date_part('epoch', effective_time) * 1e6)::bigint)::text END || E'\x1f' || E'\x1f' ||
    octet_length(owner) || E'\x1f' || owner, '' ORDER BY version) AS moves
  FROM stage_history GROUP BY tenant, aggregate) AS h
WHERE l.tenant = h.tenant AND l.id = h.aggregate AND l.stage_version = h.n;

-- Leads by when they came in, as they say. Behind a policy CASE serves an index, COALESCE does not.
CREATE INDEX lead_came_in ON lead (
  tenant, (CASE WHEN open_time IS NULL THEN create_time ELSE open_time END), id);

-- The moves of a month, whoever's they are: they lie together in the table. Costs a move next to
-- nothing, since an entry stands for many pages.
CREATE INDEX stage_history_times ON stage_history
  USING brin (recorded_time, effective_time timestamptz_minmax_multi_ops) WITH (autosummarize = on);

-- Last again, for the reason given in 0001.
ALTER TABLE lead DROP CONSTRAINT lead_pkey;
ALTER TABLE lead ADD CONSTRAINT lead_pkey PRIMARY KEY (tenant, id);
ALTER TABLE stage_history DROP CONSTRAINT stage_history_pkey;
ALTER TABLE stage_history ADD CONSTRAINT stage_history_pkey PRIMARY KEY (tenant, aggregate, version);
-- Reports of the past look for the few writes that came after.
ALTER TABLE revision DROP CONSTRAINT revision_pkey;
ALTER TABLE revision ADD CONSTRAINT revision_pkey PRIMARY KEY (tenant, id, revision)
  INCLUDE (record_time);

-- A table that is empty keeps the statistics of 0002.
DO $$
BEGIN
  IF EXISTS (SELECT FROM lead) THEN
    ANALYZE lead;
  END IF;
END $$;

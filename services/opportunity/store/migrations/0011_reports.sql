-- Reports read stage histories whole. Their primary key holds what they need of each change, so that
-- they read it in order and leave the table alone; a move writes the same index entries as before,
-- 100 bytes longer. Writes wait while the index is built.

-- The changes of a month, whoever's they are: they lie together in the table. Costs a move next to
-- nothing, since an entry stands for many pages.
CREATE INDEX stage_history_times ON stage_history
  USING brin (recorded_time, effective_time timestamptz_minmax_multi_ops) WITH (autosummarize = on);
CREATE INDEX opportunity_deleted ON opportunity (tenant, id) WHERE delete_time IS NOT NULL;

-- Last again, for the reason given in 0001.
ALTER TABLE stage_history DROP CONSTRAINT stage_history_pkey;
ALTER TABLE stage_history ADD CONSTRAINT stage_history_pkey
  PRIMARY KEY (tenant, aggregate, version) INCLUDE (
    effective_time, recorded_time, to_pipeline, to_stage, to_stage_key, to_name, to_type,
    amount_minor, currency, probability, forecast_category, owner, reason, overridden);
-- Reports of the past look for the few writes that came after.
ALTER TABLE revision DROP CONSTRAINT revision_pkey;
ALTER TABLE revision ADD CONSTRAINT revision_pkey PRIMARY KEY (tenant, id, revision)
  INCLUDE (record_time);
ALTER TABLE opportunity DROP CONSTRAINT opportunity_pkey;
ALTER TABLE opportunity ADD CONSTRAINT opportunity_pkey PRIMARY KEY (tenant, id);

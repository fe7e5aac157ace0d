-- The list at risk asks how often the expected close date of each open thing was put off. These are the
-- writes that changed it, some of ten; without this index all were read for it. Writes wait while the
-- indexes are built.
CREATE INDEX revision_close_dates ON revision (tenant, id, revision)
  WHERE strpos(changes, '"expected_close_date"') > 0;

-- Last again, for the reason given in 0001.
ALTER TABLE revision DROP CONSTRAINT revision_pkey;
ALTER TABLE revision ADD CONSTRAINT revision_pkey PRIMARY KEY (tenant, id, revision)
  INCLUDE (record_time);

-- As 0011, and the expected close date that a change left: reports of the past go on from there.
ALTER TABLE stage_history DROP CONSTRAINT stage_history_pkey;
ALTER TABLE stage_history ADD CONSTRAINT stage_history_pkey
  PRIMARY KEY (tenant, aggregate, version) INCLUDE (
    effective_time, recorded_time, to_pipeline, to_stage, to_stage_key, to_name, to_type,
    amount_minor, currency, probability, forecast_category, owner, reason, overridden, close_date);

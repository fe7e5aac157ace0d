-- What lists are ordered and filtered by and what no move changes; rpc/opportunity_filters.cc has the
-- same expressions. What is not set has a value that stands for it, so that one index serves both
-- directions, from any position.
CREATE INDEX opportunity_amount ON opportunity (tenant, coalesce(amount_minor, -1), id);
CREATE INDEX opportunity_close_date
  ON opportunity (tenant, coalesce(expected_close_date, DATE '10000-01-01'), id);
CREATE INDEX opportunity_open
  ON opportunity (tenant, coalesce(expected_close_date, DATE '10000-01-01'), id)
  WHERE close_time IS NULL;
CREATE INDEX opportunity_next_step ON opportunity (tenant, next_step_due)
  WHERE next_step_due IS NOT NULL;

-- Last again, for the reason given in 0001: plans that were made while the table was empty take the
-- youngest index. Writes wait while the indexes of this file are built.
ALTER TABLE opportunity DROP CONSTRAINT opportunity_pkey;
ALTER TABLE opportunity ADD CONSTRAINT opportunity_pkey PRIMARY KEY (tenant, id);

-- A tenant's conversions that have not ended, oldest first, are listed at a cost that does not grow
-- with those that have.
CREATE INDEX conversion_open ON conversion (tenant, create_time, id)
  WHERE state IN ('STARTED', 'NEEDS_ATTENTION');

-- Last again, as in 0005: a change of one unfinished conversion would suit that index too.
ALTER TABLE conversion DROP CONSTRAINT conversion_pkey;
ALTER TABLE conversion ADD CONSTRAINT conversion_pkey PRIMARY KEY (tenant, id);

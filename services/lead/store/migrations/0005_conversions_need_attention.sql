-- A conversion that meets nothing but faults waits for an operator, who has it tried again or given
-- up. The lead itself stays in its conversion; programs that do not know the new state leave it
-- alone.
ALTER TABLE conversion
  ADD COLUMN faulty_since timestamptz,
  ADD COLUMN refused_time timestamptz,
  ADD COLUMN given_up     boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT conversion_state,
  -- All rows that there are satisfied a stricter one.
  ADD CONSTRAINT conversion_state CHECK (state IN ('STARTED', 'OPPORTUNITY_DONE', 'COMPLETED',
                                                   'COMPENSATED', 'NEEDS_ATTENTION')) NOT VALID;

CREATE INDEX conversion_stuck ON conversion (create_time) WHERE state = 'NEEDS_ATTENTION';

-- Last again: plans that were made while the table was empty take the youngest index.
ALTER TABLE conversion DROP CONSTRAINT conversion_pkey;
ALTER TABLE conversion ADD CONSTRAINT conversion_pkey PRIMARY KEY (tenant, id);

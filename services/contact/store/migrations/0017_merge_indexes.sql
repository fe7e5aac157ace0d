-- What is part of a contact, by way of a merge into it or of any.
CREATE INDEX IF NOT EXISTS contact_merge_survivor ON contact_merge (tenant, survivor);
CREATE INDEX IF NOT EXISTS contact_merge_head ON contact_merge (tenant, head);
CREATE INDEX IF NOT EXISTS contact_erasure_along ON contact_erasure (tenant, along_with)
  WHERE along_with IS NOT NULL;

-- Last: among indexes of equal cost, which all are while the table is empty, the planner takes the
-- youngest, and its generic plans outlive that time.
ALTER TABLE contact_merge DROP CONSTRAINT contact_merge_pkey,
  ADD CONSTRAINT contact_merge_pkey PRIMARY KEY (tenant, contact);
ALTER TABLE contact_erasure DROP CONSTRAINT contact_erasure_pkey,
  ADD CONSTRAINT contact_erasure_pkey PRIMARY KEY (tenant, contact);

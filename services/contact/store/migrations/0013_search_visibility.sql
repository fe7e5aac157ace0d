-- Searches read the index of terms alone where a vacuum has found the pages visible to all: soon after an
-- import, which only inserts.
ALTER TABLE contact_term SET (autovacuum_vacuum_insert_scale_factor = 0.05);

-- Where a sale comes from; absent: not known, as of all that is there already.
ALTER TABLE opportunity ADD COLUMN lead_source text;

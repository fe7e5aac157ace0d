-- Room in each page for a second version of every row in it. The lifecycle moves whole batches of
-- contacts that were made together; with less, most went to another page and wrote all indexes anew.
ALTER TABLE contact SET (fillfactor = 50);
ALTER TABLE contact_engagement SET (fillfactor = 50);
ALTER TABLE contact_lifecycle SET (fillfactor = 50);

-- Room in each page for a second version of every row in it. With less, the first move of an
-- opportunity went to another page and wrote all six indexes anew.
ALTER TABLE opportunity SET (fillfactor = 50);

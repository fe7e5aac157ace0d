-- Every update of a conversion changes its place in the index of unfinished ones, so room in the
-- page saves nothing.
ALTER TABLE conversion RESET (fillfactor);

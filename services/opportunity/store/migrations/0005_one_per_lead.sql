-- At most one opportunity for a lead. Of those that there are already the first counts; the others
-- stay as they are and are marked, so that they are outside the rule.
ALTER TABLE opportunity ADD COLUMN beyond_first_of_lead boolean NOT NULL DEFAULT false;
UPDATE opportunity o SET beyond_first_of_lead = true
  WHERE EXISTS (SELECT FROM opportunity first WHERE first.tenant = o.tenant
    AND first.lead = o.lead AND (first.create_time, first.id) < (o.create_time, o.id));
CREATE UNIQUE INDEX opportunity_one_per_lead ON opportunity (tenant, lead)
  WHERE lead IS NOT NULL AND NOT beyond_first_of_lead;

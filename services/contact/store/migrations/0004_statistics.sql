-- The planner's statistics of a table that has contacts in it: one tenant, everything else distinct.
-- Plans are made once and kept; those made for a table without statistics would find a contact by
-- walking its tenant. The rows go, the statistics stay until the first real ones.
INSERT INTO contact (tenant, id, revision, create_time, update_time, kind, display_name, given_name,
    family_name, organization, job_title, domain, industry, location, emails, phones, owner,
    external_id, stage, stage_version, stage_time)
SELECT '-', gen_random_uuid(), 1, t, t, 'PERSON', '', '', '',
    CASE WHEN n % 2 = 0 THEN gen_random_uuid() END, '', '', '', '', '[]', '[]', 'owner ' || n, '',
    'CONTACT', 1, t
FROM generate_series(1, 300) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS t) AS x;
ANALYZE contact;
TRUNCATE contact;

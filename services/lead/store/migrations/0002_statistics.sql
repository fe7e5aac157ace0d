-- The planner's statistics of a table that has leads in it: one tenant, everything else distinct.
-- Plans are made once and kept; those made for a table without statistics would find a lead by
-- walking its tenant. The rows go, the statistics stay until the first real ones.
INSERT INTO lead (tenant, id, revision, create_time, update_time, contact, state, stage_version,
    state_enter_time, owner, source, source_detail, interests, buying_role, assessments,
    disqualify_reason, disqualify_note, qualification_overridden, override_reason, activity_count,
    two_way_contact, conversion_refusal)
SELECT '-', gen_random_uuid(), 1, t, t, gen_random_uuid(), 'NEW', 1, t, 'owner ' || n, '', '', '[]',
    '', '[]', '', '', false, '', 0, false, ''
FROM generate_series(1, 300) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS t) AS x;
ANALYZE lead;
TRUNCATE lead;

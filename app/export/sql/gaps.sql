-- One row a stretch of time in which a log source is silent though it should not be.
SELECT kind, from_at, to_at, expected AS events_expected, covered_by, note, organisation
FROM evidence.gap
ORDER BY from_at, kind, organisation

-- Log sources, what they cover and where they are silent.
WITH loaded AS (
  SELECT kind, count(*) AS files, min(first_at) AS first_at, max(last_at) AS last_at, sum(rows_read)::BIGINT AS rows,
    sum(rows_rejected)::BIGINT AS rejected FROM export_evidence WHERE kind <> '' AND state <> 'same' GROUP BY kind
), silent AS (SELECT kind, count(*) AS gaps, count(*) FILTER (covered_by = '') AS open FROM export_gaps GROUP BY kind)
SELECT l.kind AS "Source", l.files AS "Files", l.rows AS "Rows read", l.rejected AS "Rejected", l.first_at AS "First event (UTC)", l.last_at AS "Last event (UTC)",
  coalesce(s.gaps, 0) AS "Gaps", coalesce(s.open, 0) AS "Gaps no other source shows"
FROM loaded l LEFT JOIN silent s ON s.kind = l.kind
ORDER BY l.kind

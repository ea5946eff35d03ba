-- $2: most rows a session may read; what it read beyond them counts as stopped
WITH public AS (SELECT coalesce(list(id), []) AS known FROM analysis.address WHERE public),
judged AS (
  SELECT s.*, v.verdict = 'attacker' AS thief, s.rows > $2 AS hit, s.rows - $2 AS lost, 1 AS cut
  FROM analysis.session s CROSS JOIN public LEFT JOIN analysis.verdict v ON v.session = s.id
  WHERE s.kind <> 'failed' AND ($1 = 0 OR s.account = $1))
SELECT count(*) FILTER (thief AND hit), coalesce(sum(cut) FILTER (thief AND hit), 0)::BIGINT, coalesce(sum(lost) FILTER (thief AND hit), 0)::BIGINT,
  count(*) FILTER (thief), coalesce(sum(events) FILTER (thief), 0)::BIGINT, coalesce(sum(rows) FILTER (thief), 0)::BIGINT,
  count(*) FILTER (NOT coalesce(thief, false) AND hit), count(*) FILTER (NOT coalesce(thief, false))
FROM judged

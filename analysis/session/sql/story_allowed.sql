-- $2: addresses inside the allowed ranges. A session no address is known of is let in.
WITH public AS (SELECT coalesce(list(id), []) AS known FROM analysis.address WHERE public),
judged AS (
  SELECT s.*, v.verdict = 'attacker' AS thief, len(list_filter(s.addresses, lambda a: list_contains(known, a))) > 0 AND NOT list_has_any(s.addresses, $2::INTEGER[]) AS hit, s.rows AS lost, s.events AS cut
  FROM analysis.session s CROSS JOIN public LEFT JOIN analysis.verdict v ON v.session = s.id
  WHERE s.kind <> 'failed' AND ($1 = 0 OR s.account = $1))
SELECT count(*) FILTER (thief AND hit), coalesce(sum(cut) FILTER (thief AND hit), 0)::BIGINT, coalesce(sum(lost) FILTER (thief AND hit), 0)::BIGINT,
  count(*) FILTER (thief), coalesce(sum(events) FILTER (thief), 0)::BIGINT, coalesce(sum(rows) FILTER (thief), 0)::BIGINT,
  count(*) FILTER (NOT coalesce(thief, false) AND hit), count(*) FILTER (NOT coalesce(thief, false))
FROM judged

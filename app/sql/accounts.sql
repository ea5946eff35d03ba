SELECT coalesce(nullif(a.username, ''), a.user_id, '?') AS who, coalesce(a.name, '') AS person, count(*),
  count(*) FILTER (v.verdict = 'attacker'), sum(s.events)::BIGINT, sum(s.rows)::BIGINT,
  coalesce(sum(s.rows) FILTER (v.verdict = 'attacker'), 0)::BIGINT AS attacker_rows
FROM analysis.session s
LEFT JOIN analysis.account a ON a.id = s.account
LEFT JOIN analysis.verdict v ON v.session = s.id
GROUP BY who, person
ORDER BY attacker_rows DESC, sum(s.rows) DESC, who LIMIT ?

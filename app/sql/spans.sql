SELECT s.id, coalesce(nullif(a.username, ''), nullif(a.user_id, ''), '?') AS account, g.started_at AS from_at, g.ended_at AS to_at, g.events,
  coalesce(v.verdict, 'unreviewed') AS verdict, s.score, s.hijack,
  concat_ws(' · ', d.address, nullif(d.country, ''), CASE WHEN n.words <> '' THEN n.words WHEN NOT n.code AND lower(n.agent) <> 'unknown' THEN n.agent END) AS client
FROM analysis.segment g
JOIN analysis.session s ON s.id = g.session
LEFT JOIN analysis.account a ON a.id = s.account
LEFT JOIN analysis.verdict v ON v.session = s.id
LEFT JOIN analysis.address d ON d.id = g.address
LEFT JOIN analysis.agent n ON n.id = g.agent
WHERE g.started_at <= ? AND g.ended_at >= ?

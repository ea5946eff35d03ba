-- the segments that touch a stretch of time: the foremost are chosen before anything is said of them, as there may be millions
WITH placed AS (
  SELECT s.id, g.segment, g.started_at, g.ended_at, g.events, g.address, g.agent, s.account, s.score, s.hijack, coalesce(v.verdict, 'unreviewed') AS verdict
  FROM analysis.segment g
  JOIN analysis.session s ON s.id = g.session
  LEFT JOIN analysis.verdict v ON v.session = s.id
  WHERE g.started_at <= ? AND g.ended_at >= ?
), foremost AS (
  SELECT * FROM placed WHERE (? = '' OR verdict = ?) $picked
  ORDER BY verdict = 'attacker' DESC, score DESC, started_at, id, segment LIMIT ?
)
SELECT f.id, coalesce(nullif(a.username, ''), nullif(a.user_id, ''), '?'), f.started_at, f.ended_at, f.events, f.verdict, f.score, f.hijack,
  concat_ws(' · ', d.address, nullif(d.country, ''), CASE WHEN n.words <> '' THEN n.words WHEN NOT n.code AND lower(n.agent) <> 'unknown' THEN n.agent END)
FROM foremost f
LEFT JOIN analysis.account a ON a.id = f.account
LEFT JOIN analysis.address d ON d.id = f.address
LEFT JOIN analysis.agent n ON n.id = f.agent
ORDER BY f.verdict = 'attacker' DESC, f.score DESC, f.started_at, f.id, f.segment

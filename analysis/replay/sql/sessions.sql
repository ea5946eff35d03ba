SELECT s.id, s.session_id, s.organisation, CASE WHEN length(a.user_id) > 18 THEN lower(trim(a.user_id, '{}')) ELSE left(coalesce(a.user_id, ''), 15) END, coalesce(a.timezone, ''), coalesce(a.locale, ''), s.gap, s.started_at, s.ended_at
FROM analysis.session s
JOIN (SELECT session FROM analysis.verdict GROUP BY session HAVING arg_max(verdict, entry) = 'attacker') v ON v.session = s.id
LEFT JOIN analysis.account a ON a.id = s.account
ORDER BY s.id

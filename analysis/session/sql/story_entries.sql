SELECT e."at", s.id, coalesce(u.username, ''), coalesce(a.address, ''), coalesce(e.method, ''), e.id
FROM analysis.session s JOIN analysis.verdict v ON v.session = s.id AND v.verdict = 'attacker'
JOIN analysis.attribution x ON x.session = s.id AND x.certain JOIN analysis.event e ON e.id = x.event
LEFT JOIN analysis.account u ON u.id = s.account LEFT JOIN analysis.address a ON a.id = e.address
WHERE ($1 = 0 OR s.account = $1) AND e.action = 'login' AND coalesce(e.mfa, '') = ''
QUALIFY row_number() OVER (PARTITION BY s.id, date_trunc('second', e."at") ORDER BY e.id) = 1
ORDER BY e."at", e.id

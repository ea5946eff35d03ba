-- What speaks against each of the attacker's sessions, by rules.
SELECT concat(account_name, ', ', strftime(started_at, '%Y-%m-%d %H:%M'), ' UTC') AS session, reasons
FROM export_sessions
WHERE verdict = 'attacker' AND reasons <> ''
ORDER BY kind = 'failed', started_at, session_id

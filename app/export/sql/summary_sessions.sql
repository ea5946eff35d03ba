-- The sessions judged to be the attacker's; logins that failed come last.
SELECT account_name AS "Account", account_holder AS "Name", started_at AS "Begin (UTC)", ended_at AS "End (UTC)", ip AS "Address",
  concat_ws(', ', nullif(ip_countries, ''), nullif(ip_holders, '')) AS "Country, holder", concat_ws('; ', CASE WHEN kind = 'failed' THEN 'only failed logins' END, nullif(replace(app, ';', ', '), ''), nullif(replace(client, ';', ','), '')) AS "Program", verdict_reason AS "Why it is judged the attacker's"
FROM export_sessions
WHERE verdict = 'attacker'
ORDER BY kind = 'failed', started_at, session_id

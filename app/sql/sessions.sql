SELECT s.id, s.session_id, s.organisation, coalesce(a.user_id, '') AS account_id, coalesce(a.username, '') AS account_name,
  coalesce(a.name, '') AS person, s.started_at, s.ended_at, s.ended_by,
  coalesce((SELECT string_agg(address, ';' ORDER BY list_position(s.addresses, id)) FROM analysis.address WHERE list_contains(s.addresses, id)), '') AS ip,
  coalesce((SELECT string_agg(DISTINCT country, ';' ORDER BY country) FROM analysis.address WHERE list_contains(s.addresses, id) AND country <> ''), '') AS countries,
  coalesce((SELECT string_agg(agent, ';' ORDER BY list_position(s.agents, id)) FROM analysis.agent WHERE list_contains(s.agents, id)), '') AS user_agent,
  coalesce((SELECT string_agg(CASE WHEN name <> '' THEN name ELSE app END, ';' ORDER BY list_position(s.apps, id)) FROM analysis.app WHERE list_contains(s.apps, id)), '') AS app,
  coalesce(l.login_key, '') AS login_key,
  coalesce((SELECT string_agg(session_key, ';' ORDER BY list_position(s.tokens, id)) FROM analysis.token WHERE list_contains(s.tokens, id)), '') AS session_keys,
  s.kind, s.events, s.failed, s.inferred, s.rows, s.bytes, s.gap, s.hijack, s.score, s.reasons,
  coalesce(v.verdict, 'unreviewed') AS verdict, coalesce(v.reason, '') AS judgement,
  lower(concat_ws(' ', s.session_id, account_id, account_name, person, ip, countries, user_agent, app, login_key, session_keys, s.kind, s.reasons)) AS haystack
FROM analysis.session s
LEFT JOIN analysis.account a ON a.id = s.account
LEFT JOIN analysis.login l ON l.id = s.login
LEFT JOIN analysis.verdict v ON v.session = s.id

SELECT s.id, s.session_id, s.organisation, t.account_id, t.account_name, t.person, s.started_at, s.ended_at, s.ended_by,
  t.ip, t.countries, t.user_agent, t.app, t.login_key, t.session_keys, s.kind, s.events, s.failed, s.inferred, s.rows, s.bytes,
  s.gap, s.hijack, s.score, s.reasons, coalesce(v.verdict, 'unreviewed') AS verdict, coalesce(v.reason, '') AS judgement, t.reasons_ko, t.haystack
FROM analysis.session s
JOIN analysis.session_text t ON t.session = s.id
LEFT JOIN analysis.verdict v ON v.session = s.id

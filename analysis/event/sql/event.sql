INSERT INTO analysis.event
SELECT o.before + v.line, v.file, v.line, $1, v."at", v.action, u.id, a.id, g.id, p.id, l.id, t.id,
  v.request, left(v.job, 15), v.status, v.object, v.record, v.text, v.target,
  TRY_CAST(TRY_CAST(v.rows AS DOUBLE) AS BIGINT), TRY_CAST(TRY_CAST(v.columns AS DOUBLE) AS BIGINT), TRY_CAST(TRY_CAST(v.bytes AS DOUBLE) AS BIGINT),
  v.mfa, v.method, v.tls, d.id
FROM %s v
JOIN temp.file_offset o ON o.file = v.file
LEFT JOIN temp.account_of u ON u.organisation = v.organisation AND u.user_id = id18(coalesce(v."user", '')) AND u.username = lower(trim(coalesce(v.username, '')))
LEFT JOIN temp.account_of d ON d.organisation = v.organisation AND d.user_id = id18(coalesce(v.delegate, '')) AND d.username = lower(trim(coalesce(v.delegate_name, '')))
LEFT JOIN temp.address_of a ON a.address = coalesce(v.address, '') AND a.forwarded = coalesce(v.forwarded, '')
LEFT JOIN analysis.agent g ON g.agent = v.agent
LEFT JOIN temp.app_id p ON p.app = coalesce(v.app, '') AND p.name = coalesce(v.app_name, '')
LEFT JOIN analysis.login l ON l.organisation = v.organisation AND l.login_key = v.login
LEFT JOIN analysis.token t ON t.organisation = v.organisation AND t.session_key = v.token

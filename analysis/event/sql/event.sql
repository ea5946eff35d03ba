INSERT INTO analysis.event
SELECT o.before + v.line, v.file, v.line, $1, v."at", v.action, c.account_id, c.address_id, c.agent_id, c.app_id, c.login_id, c.token_id,
  v.request, left(v.job, 15), v.status, v.object, v.record, v.text, v.target,
  TRY_CAST(TRY_CAST(v.rows AS DOUBLE) AS BIGINT), TRY_CAST(TRY_CAST(v.columns AS DOUBLE) AS BIGINT), TRY_CAST(TRY_CAST(v.bytes AS DOUBLE) AS BIGINT),
  v.mfa, v.method, v.tls, c.delegate_id
FROM {view} v JOIN temp.file_offset o ON o.file = v.file JOIN temp.client_of c ON c.log = $2 AND {same}

SELECT q.id, q.query_id, s.session_id, q.session, coalesce(nullif(a.username, ''), a.user_id, '') AS account, q."at", q.carrier, q.text, q.object,
  array_to_string(q.fields, ';') AS fields, q.act, q.rows_logged, q.rows_certain, q.rows_replayed, q.rows_extra, q.missing,
  q.outcome, q.why, q.sql, q.certain, q.excluded, q.bytes_logged, q.bytes_estimated, q.columns_logged, q.columns_replayed,
  lower(concat_ws(' ', q.query_id, account, q.carrier, q.text, q.object, q.outcome, q.why)) AS haystack
FROM analysis.query q
JOIN analysis.session s ON s.id = q.session
LEFT JOIN analysis.account a ON a.id = s.account

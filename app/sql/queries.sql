SELECT q.id, q.query_id, s.session_id, q.session, coalesce(nullif(a.username, ''), a.user_id, '') AS account, q."at", q.carrier, q.text, q.object,
  array_to_string(q.fields, ';') AS fields, q.act, q.rows_logged, q.rows_certain, q.rows_replayed, q.rows_extra, q.missing,
  q.outcome, q.why, q.sql, q.certain, q.excluded, q.bytes_logged, q.bytes_estimated, q.columns_logged, q.columns_replayed,
  -- what does not add up: rows, columns by half, bytes by a tenth or ten times of what rows of that size can be
  NOT q.excluded AND (coalesce(q.rows_logged <> q.rows_replayed, false) OR coalesce(q.missing > 0, false) OR q.outcome = 'not-understood'
    OR coalesce(2 * q.columns_logged < q.columns_replayed OR q.columns_logged > 2 * q.columns_replayed + 3, false)
    OR coalesce(q.bytes_logged > 0 AND (10 * q.bytes_logged < q.bytes_estimated OR q.bytes_logged > 10 * (q.bytes_estimated + 400 * q.rows_logged)), false)) AS apart,
  lower(concat_ws(' ', q.query_id, account, q.carrier, q.text, q.object, q.outcome, q.why)) AS haystack
FROM analysis.query q
JOIN analysis.session s ON s.id = q.session
LEFT JOIN analysis.account a ON a.id = s.account

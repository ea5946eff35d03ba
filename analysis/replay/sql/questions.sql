-- The rows of asked from which questions in words are put together, in order.
SELECT a.event, a.session, a.certain, a."at", coalesce(a.account, 0), a.source, CASE WHEN a.related THEN 'related' WHEN a.action IN ('record', 'other') THEN 'request' ELSE a.action END, a.object,
       CASE WHEN a.related THEN '' ELSE a.text END, a.target, a.rows, a.columns, a.bytes, a.status, a.method, a.request, a.job
FROM asked a
WHERE a.action IN ('query', 'report', 'listview', 'search', 'bulk') OR a.related
   -- requests that name no record, nor anything else that has an id
   OR a.action IN ('record', 'other') AND a.record = '' AND regexp_matches(a.source, '^(RestApi|ApexRestApi|ApexSoap|CompositeApiSubrequest|ApiTotalUsage)')
ORDER BY a.session, a."at", a.event

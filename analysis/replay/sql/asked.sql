-- What the attacker sessions asked for: every event of theirs that may have returned or shown rows. An event that may
-- belong to another session too is certain only when all candidates are attackers.
CREATE OR REPLACE TEMP TABLE asked AS
WITH mine AS (
  SELECT a.event, min(a.session) FILTER (coalesce(v.verdict, '') = 'attacker') AS session,
         bool_and(coalesce(v.verdict, '') = 'attacker') AND (count(*) > 1 OR bool_and(a.certain)) AS certain
  FROM analysis.attribution a LEFT JOIN analysis.verdict v ON v.session = a.session
  WHERE a.event IN (SELECT b.event FROM analysis.attribution b JOIN analysis.verdict w ON w.session = b.session WHERE w.verdict = 'attacker')
  GROUP BY a.event
)
SELECT e.id AS event, m.session, m.certain, e."at", e.account,
       replace(regexp_replace(regexp_replace(regexp_extract(e.kind, '[^.]+$'), 'Store$', ''), '(EventLog|Log)?$', CASE WHEN e.kind LIKE '%.elo.%' THEN 'Log' ELSE '' END), 'SoapApi', 'API') AS source,
       e.kind, e.file, e.line, e.action, coalesce(e.object, '') AS object, coalesce(e.record, '') AS record, coalesce(e.text, '') AS text,
       coalesce(e.target, '') AS target, e.rows, e.columns, e.bytes, coalesce(e.status, '') AS status,
       coalesce(e.method, '') AS method, coalesce(e.request, '') AS request, left(coalesce(e.job, ''), 15) AS job,
       e.action = 'record' AND regexp_matches(coalesce(e.target, ''), '(?i)/ui-api/related-list-records/[a-z0-9]{15}|/sobjects/[a-z0-9_]+/[a-z0-9]{15}([a-z0-9]{3})?/[a-z]|/lightning/r/([a-z0-9_]+/)?[a-z0-9]{15}([a-z0-9]{3})?/related/[a-z]')
         AND NOT regexp_matches(coalesce(e.target, ''), '(?i)/(VersionData|Body|LogFile|Document|BodyLength|richTextImageFields[^?]*)([?]|$)') AS related
FROM mine m JOIN analysis.event e ON e.id = m.event
WHERE e."at" IS NOT NULL AND (e.action IN ('query', 'report', 'listview', 'search', 'record', 'file', 'bulk', 'describe', 'page')
  OR e.action = 'other' AND (regexp_matches(e.kind, '[.]RestApi(EventLog)?$') AND e.rows > 0 OR regexp_matches(e.kind, '[.]Apex(RestApi|Soap)(EventLog)?$')));

-- ids those rows name, of objects that hold customers' data
CREATE OR REPLACE TEMP TABLE named AS
WITH ids AS (
  SELECT event, session, certain, "at", source, action, object AS said, unnest(list_distinct(CASE WHEN source = 'audit' THEN regexp_extract_all(lower(record), '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')
      ELSE string_split(CASE WHEN record = '' AND action = 'file' THEN job ELSE record END, ';') END)) AS record_id
  FROM asked WHERE record <> '' OR action = 'file' AND job <> ''
)
SELECT i.*, coalesce(p.object, t.object, CASE WHEN regexp_full_match(said, '[A-Za-z][A-Za-z0-9_]*') AND left(record_id, 1) = 'a' THEN said END) AS object
FROM ids i LEFT JOIN prefix p ON p.prefix = left(i.record_id, 3) AND i.source <> 'audit'
LEFT JOIN (SELECT DISTINCT object FROM snapshot.object) t ON i.source = 'audit' AND lower(t.object) = lower(i.said)
WHERE (is_id(record_id) OR i.source = 'audit')
  AND coalesce(p.object, t.object, CASE WHEN regexp_full_match(said, '[A-Za-z][A-Za-z0-9_]*') AND left(record_id, 1) = 'a' THEN said END) IS NOT NULL;

-- Records opened or fetched one by one. Rows of several logs about the same record within a minute are one access.
CREATE OR REPLACE TEMP TABLE single AS
WITH seen AS (
  SELECT n.event, n.session, n.certain, n."at", n.rec, n.record_id, n.object, a.source, a.target, CASE WHEN a.rows > 1 AND a.rows = count(*) OVER (PARTITION BY n.event) THEN 1 ELSE a.rows END AS rows, a.bytes,
         regexp_matches(a.source, 'Api|API|Composite') OR n.action = 'file' AND regexp_matches(lower(a.source || a.method || a.target), 'download') AND NOT contains(lower(a.method || a.target), 'rendition') AS acquired
  FROM names n JOIN asked a ON a.event = n.event
  WHERE (NOT a.related OR a.source LIKE 'Lightning%') AND (n.action IN ('record', 'file') OR (n.action = 'page' AND regexp_matches(a.source, '^(Visualforce|Sites|UITracking|Console|Lightning)')))
    AND NOT (regexp_matches(a.source, 'Api|API|Composite') AND (coalesce(TRY_CAST(a.status AS INTEGER), 200) >= 400 OR upper(a.status) IN ('F', 'A')
             OR (a.method <> '' AND regexp_matches(upper(a.method), 'POST|PUT|PATCH|DELETE|HEAD'))))
    AND NOT regexp_matches(lower(a.method), '^(uploadaction|saveversion|upload|insert|create|update|delete|add|remove)')
    AND NOT regexp_matches(a.source, '^ContentDoc(ument)?Link')
), stepped AS (
  SELECT *, coalesce("at" - lag("at") OVER w > INTERVAL 60 SECOND, true) AS starts FROM seen WINDOW w AS (PARTITION BY session, rec, acquired ORDER BY "at", event)
), numbered AS (
  SELECT *, sum(starts::INTEGER) OVER (PARTITION BY session, rec, acquired ORDER BY "at", event) AS step FROM stepped
), grouped AS (
  SELECT session, rec, acquired, step, min("at") AS "at", bool_or(certain) AS certain, max(rows) AS rows, max(bytes) AS bytes, any_value(object) AS object,
         any_value(record_id) AS record_id, arg_min(CASE WHEN target <> '' THEN target ELSE source || ' ' || record_id END, (source = 'ApiTotalUsage', target = '', "at", event)) AS text,
         list(event ORDER BY event) AS events
  FROM numbered GROUP BY session, rec, acquired, step
)
SELECT row_number() OVER (ORDER BY "at", session, rec, acquired, step)::INTEGER AS id, * FROM grouped;

INSERT INTO analysis.query
SELECT id,
       concat(h[1:8], '-', h[9:12], '-5', h[14:16], '-', format('{:x}', (('0x' || h[17:18])::INTEGER & 63) | 128), h[19:20], '-', h[21:32]),
       session, "at", 'record', text, object, [], CASE WHEN acquired THEN 'acquired' ELSE 'viewed' END, coalesce(rows, 1), bytes, 1, 1, 0, NULL,
       'recorded', CASE WHEN acquired THEN 'the log names the record fetched' ELSE 'the log names the record opened; all of its fields are taken as shown' END, '', certain, false, NULL, NULL, NULL
FROM (SELECT s.*, sha1(from_hex(?) || encode(v.session_id || ' ' || epoch_us(s."at")::VARCHAR || ' record ' || s.record_id || s.acquired::VARCHAR)) AS h
      FROM single s JOIN analysis.session v ON v.id = s.session);

INSERT INTO analysis.query_event SELECT id, unnest(events) FROM single;

INSERT INTO analysis.query_field
SELECT DISTINCT id, object, CASE WHEN asked_field = '' THEN '*' ELSE asked_field END
FROM (SELECT id, object, trim(unnest(string_split(url_decode(regexp_extract(text, '[?&]fields=([^&]*)', 1)), ','))) AS asked_field FROM single);

INSERT INTO temp.staged
SELECT id, rec, CASE WHEN certain THEN 'recorded' ELSE 'bounded' END,
       CASE WHEN NOT certain THEN 'the log names the record, but the log row may belong to another session'
            WHEN acquired THEN 'the log names the record: it was fetched by its id' ELSE 'the log names the record: its page was opened' END
FROM single;

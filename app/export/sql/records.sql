-- One row a record on a list. The texts of the lists of sessions and queries are made once per distinct list of a part.
WITH part AS (SELECT n, key FROM export_records_key WHERE n > $from AND n <= $to),
listed AS MATERIALIZED (SELECT part.n, e.* FROM part JOIN analysis.exposure e ON e.record = part.key),
owner AS (
  SELECT pr.record, array_to_string(list_sort(list(DISTINCT p.person_id)), ';') AS persons, min(pr.holding) AS holding
  FROM part JOIN analysis.person_record pr ON pr.record = part.key JOIN analysis.person p ON p.id = pr.person
  GROUP BY pr.record
), session_text AS (
  SELECT l.sessions, array_to_string(list(s.session_id ORDER BY s.id), ';') AS ids
  FROM (SELECT sessions, unnest(sessions) AS id FROM (SELECT DISTINCT sessions FROM listed)) l
    JOIN analysis.session s ON s.id = l.id
  GROUP BY l.sessions
), query_text AS (
  SELECT l.queries, array_to_string(list(q.query_id ORDER BY q.id), ';') AS ids
  FROM (SELECT queries, unnest(queries) AS id FROM (SELECT DISTINCT queries FROM listed)) l
    JOIN analysis.query q ON q.id = l.id
  GROUP BY l.queries
)
SELECT e.n, r.object, r.record_id, coalesce(o.persons, '') AS person_id, e.list, e.grade, e.act,
  array_to_string(e.fields, ';') AS fields, coalesce(s.ids, '') AS sessions, e.first_at, e.last_at,
  array_to_string(e.possible_fields, ';') AS possible_fields, coalesce(q.ids, '') AS queries, e.why,
  coalesce(o.holding, '') AS holding, r.present AS in_snapshot, f.name AS source_file, r.line AS source_line
FROM listed e JOIN analysis.record r ON r.id = e.record
  LEFT JOIN owner o ON o.record = e.record
  LEFT JOIN session_text s ON s.sessions = e.sessions
  LEFT JOIN query_text q ON q.queries = e.queries
  LEFT JOIN evidence.file f ON f.id = r.file
ORDER BY e.n

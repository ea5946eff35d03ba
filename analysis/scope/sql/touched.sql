-- Accesses by record, ranked: 1 recorded or replayed, 2 bounded, 3 reachable.
CREATE OR REPLACE TEMP TABLE scope_access AS
SELECT a.record, a.query, q.session, q."at", q.act, a.grade, a.why,
       CASE a.grade WHEN 'recorded' THEN 1 WHEN 'replayed' THEN 1 WHEN 'bounded' THEN 2 ELSE 3 END AS class,
       CASE a.grade WHEN 'recorded' THEN 1 WHEN 'replayed' THEN 2 WHEN 'bounded' THEN 3 ELSE 4 END AS rank
FROM analysis.access a JOIN analysis.query q ON q.id = a.query
WHERE NOT q.excluded;

-- one row per record: the class it is listed by, and the questions of that class and of weaker ones
CREATE OR REPLACE TEMP TABLE scope_record AS
WITH best AS (SELECT record, min(class) AS class FROM scope_access GROUP BY record)
SELECT b.record, r.object, r.present, b.class,
       min(a.rank) FILTER (a.class = b.class) AS rank,
       bool_or(a.act = 'acquired') FILTER (a.class = b.class) AS acquired,
       list_sort(list(DISTINCT a.session) FILTER (a.class = b.class)) AS sessions,
       list_sort(list(DISTINCT a.query) FILTER (a.class = b.class)) AS queries,
       coalesce(list_sort(list(DISTINCT a.query) FILTER (a.class > b.class)), []::INTEGER[]) AS weaker,
       min(a."at") FILTER (a.class = b.class) AS first_at, max(a."at") FILTER (a.class = b.class) AS last_at,
       arg_min(a.why, (a.rank, a."at", a.query)) AS why
FROM best b JOIN scope_access a ON a.record = b.record JOIN analysis.record r ON r.id = b.record
GROUP BY b.record, r.object, r.present, b.class;

-- which fields each set of questions showed, per object; few sets serve many records
CREATE OR REPLACE TEMP TABLE scope_set AS
WITH sets AS (SELECT DISTINCT object, queries FROM scope_record UNION SELECT DISTINCT object, weaker FROM scope_record),
     members AS (SELECT object, queries, unnest(queries) AS query FROM sets)
SELECT s.object, s.queries, list_sort(list(DISTINCT f.field)) AS fields
FROM members s JOIN analysis.query_field f ON f.query = s.query AND f.object = s.object
GROUP BY s.object, s.queries;

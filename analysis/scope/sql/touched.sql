-- Records touched by the same questions on the same grounds share one signature; few signatures serve many records, and
-- everything but the record's own fields follows from the signature.
CREATE OR REPLACE TEMP TABLE scope_signed AS
WITH counting AS (SELECT id FROM analysis.query WHERE NOT excluded),
held AS (
  SELECT lot, count(*) AS n, bit_xor(h) AS x, sum(h >> 32) AS s
  FROM (SELECT a.lot, hash(a.part, a.answer, true) AS h FROM analysis.answer a
        SEMI JOIN (SELECT answer, part FROM analysis.query_answer WHERE query IN (FROM counting)) q ON q.answer = a.answer AND q.part = a.part)
  GROUP BY lot
), touched AS (
  SELECT record, 1 AS n, h AS x, h >> 32 AS s FROM (SELECT record, hash(query, ground) AS h FROM analysis.touch WHERE query IN (FROM counting))
  UNION ALL
  SELECT l.record, h.n, h.x, h.s FROM analysis.lot l JOIN held h ON h.lot = l.lot
)
SELECT r.object, r.present, s.*
FROM (SELECT record, sum(n) AS n, bit_xor(x) AS x, sum(s) AS s FROM touched GROUP BY record) s JOIN analysis.record r ON r.id = s.record;

CREATE OR REPLACE TEMP TABLE scope_record AS
SELECT r.record, r.object, r.present, g.signature
FROM scope_signed r JOIN (SELECT object, n, x, s, min(record) AS signature FROM scope_signed GROUP BY object, n, x, s) g
  ON g.object = r.object AND g.n = r.n AND g.x = r.x AND g.s = r.s;
DROP TABLE scope_signed;

-- accesses of one record per signature, ranked: class 1 recorded or replayed, 2 bounded, 3 reachable
CREATE OR REPLACE TEMP TABLE scope_access AS
SELECT m.signature, m.object, a.query, q.session, q."at", q.act, a.why,
       CASE a.grade WHEN 'recorded' THEN 1 WHEN 'replayed' THEN 1 WHEN 'bounded' THEN 2 ELSE 3 END AS class,
       CASE a.grade WHEN 'recorded' THEN 1 WHEN 'replayed' THEN 2 WHEN 'bounded' THEN 3 ELSE 4 END AS rank
FROM scope_record m JOIN analysis.access a ON a.record = m.record JOIN analysis.query q ON q.id = a.query
WHERE m.record = m.signature AND NOT q.excluded;

-- what a signature says: how it is listed, by which questions, and what those showed; shown and weakly are the fields
-- asked for by the questions of its class and by weaker ones
CREATE OR REPLACE TEMP TABLE scope_signature AS
WITH best AS (SELECT signature, object, min(class) AS class FROM scope_access GROUP BY signature, object),
fields AS (
  SELECT a.signature, list_sort(coalesce(list(DISTINCT f.field) FILTER (a.class = b.class), [])) AS shown,
         list_sort(coalesce(list(DISTINCT f.field) FILTER (a.class > b.class), [])) AS weakly
  FROM scope_access a JOIN best b USING (signature, object) JOIN analysis.query_field f ON f.query = a.query AND f.object = a.object
  GROUP BY a.signature
)
SELECT b.signature, b.class, any_value(coalesce(f.shown, [])) AS shown, any_value(coalesce(f.weakly, [])) AS weakly,
       min(a.rank) AS rank, bool_or(a.act = 'acquired') AS acquired,
       list_sort(list(DISTINCT a.session)) AS sessions, list_sort(list(DISTINCT a.query)) AS queries,
       min(a."at") AS first_at, max(a."at") AS last_at, arg_min(a.why, (a.rank, a."at", a.query)) AS why
FROM best b JOIN scope_access a ON a.signature = b.signature AND a.class = b.class LEFT JOIN fields f ON f.signature = b.signature
GROUP BY b.signature, b.class;

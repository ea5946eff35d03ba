DELETE FROM analysis.listed;
DELETE FROM analysis.listing;

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

-- questions in the order they were asked, and what each showed of an object: many showed the same fields
CREATE OR REPLACE TEMP TABLE scope_question AS
SELECT id AS query, session, "at", act = 'acquired' AS acquired,
  row_number() OVER (ORDER BY "at", id) AS turn FROM analysis.query WHERE NOT excluded;
CREATE OR REPLACE TEMP TABLE scope_look AS
SELECT query, object, fields, dense_rank() OVER (ORDER BY object, fields)::INTEGER AS look
FROM (SELECT query, object, list_sort(list(DISTINCT field)) AS fields FROM analysis.query_field GROUP BY query, object);

-- what a question says on a ground, by how well it is known: class 1 recorded or replayed, 2 bounded, 3 reachable; first puts the
-- best known in front and, among those, the earliest
CREATE OR REPLACE TEMP TABLE scope_said AS
SELECT q.query, g.id AS ground, greatest(g.rank - 1, 1) AS class, q.session, q.turn, CASE WHEN q."at" IS NOT NULL THEN q.turn END AS dated, q.acquired,
  g.rank * 4294967296 + q.turn AS first
FROM scope_question q, (SELECT id, CASE grade WHEN 'recorded' THEN 1 WHEN 'replayed' THEN 2 WHEN 'bounded' THEN 3 ELSE 4 END AS rank FROM analysis.ground) g;

-- accesses of one record per signature, summed up: those of a lot once for all signatures that hold it. No question touches a
-- record by two lots, or by one and besides
CREATE OR REPLACE TEMP TABLE scope_access AS
WITH one AS MATERIALIZED (SELECT record, object FROM scope_record WHERE record = signature),
held AS MATERIALIZED (SELECT o.record AS signature, o.object, l.lot FROM one o JOIN analysis.lot l ON l.record = o.record),
lots AS (
  SELECT l.lot, l.object, s.class, min(s.first) AS first, arg_min(s.ground, s.first) AS ground, min(s.turn) AS earliest, max(s.dated) AS latest,
    bool_or(s.acquired) AS acquired, list_distinct(list(k.look)) AS looks, list_distinct(list(s.session)) AS sessions, list_distinct(list(s.query)) AS queries
  FROM (SELECT DISTINCT lot, object FROM held) l JOIN analysis.answer a ON a.lot = l.lot
  JOIN analysis.query_answer q ON q.answer = a.answer AND q.part = a.part JOIN scope_said s ON s.query = q.query AND s.ground = q.ground
  LEFT JOIN scope_look k ON k.query = q.query AND k.object = l.object GROUP BY l.lot, l.object, s.class
)
SELECT h.signature, t.* EXCLUDE (lot, object) FROM held h JOIN lots t ON t.lot = h.lot AND t.object = h.object
UNION ALL
SELECT o.record, s.class, min(s.first), arg_min(s.ground, s.first), min(s.turn), max(s.dated), bool_or(s.acquired), list_distinct(list(k.look)), list_distinct(list(s.session)), list_distinct(list(s.query))
FROM one o JOIN analysis.touch t ON t.record = o.record JOIN scope_said s ON s.query = t.query AND s.ground = t.ground
LEFT JOIN scope_look k ON k.query = t.query AND k.object = o.object GROUP BY o.record, s.class;

-- what a signature says: how it is listed, by which questions, and what those showed; shown and weakly are the fields
-- asked for by the questions of its class and by weaker ones
CREATE OR REPLACE TEMP TABLE scope_signature AS
WITH told AS MATERIALIZED (
  SELECT signature, class, min(first) AS first, arg_min(ground, first) AS ground, min(earliest) AS earliest, max(latest) AS latest, bool_or(acquired) AS acquired,
    list_distinct(flatten(list(looks))) AS looks, list_sort(list_distinct(flatten(list(sessions)))) AS sessions, list_sort(flatten(list(queries))) AS queries
  FROM scope_access GROUP BY signature, class
),
seen AS (SELECT DISTINCT signature, class, unnest(looks) AS look FROM told),
fields AS (
  SELECT signature, list_sort(coalesce(list(DISTINCT field) FILTER (class = best), [])) AS shown,
    list_sort(coalesce(list(DISTINCT field) FILTER (class > best), [])) AS weakly
  FROM (SELECT s.signature, s.class, unnest(l.fields) AS field FROM seen s JOIN (SELECT DISTINCT look, fields FROM scope_look) l ON l.look = s.look)
  JOIN (SELECT signature, min(class) AS best FROM told GROUP BY signature) b USING (signature) GROUP BY signature
)
SELECT t.signature, t.class, coalesce(f.shown, []) AS shown, coalesce(f.weakly, []) AS weakly, t.first // 4294967296 AS rank, t.acquired,
       t.sessions, t.queries, e."at" AS first_at, l."at" AS last_at, g.why
FROM told t JOIN scope_question e ON e.turn = t.earliest JOIN analysis.ground g ON g.id = t.ground
LEFT JOIN scope_question l ON l.turn = t.latest LEFT JOIN fields f ON f.signature = t.signature
WHERE t.class = (SELECT min(class) FROM told b WHERE b.signature = t.signature);
DROP TABLE scope_question;
DROP TABLE scope_look;
DROP TABLE scope_said;
DROP TABLE scope_access;

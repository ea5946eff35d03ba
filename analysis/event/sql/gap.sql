-- A source is silent against its own rhythm when an hour without events is one it is usually busy in: judged by the
-- same hour of its other days of the same sort (working day or weekend), scaled by how busy all other sources were in
-- that very hour compared with their usual; or, where there are too few days to know, by the hours right around it.
-- Fewer than eight expected events may fail to appear by chance (once in 3,000 hours), more do not. And a source is
-- silent against its partner when three requests of the hour stand in a log whose requests otherwise, nine times in ten
-- and more, stand in this one too.
CREATE OR REPLACE TEMP TABLE hourly AS
  WITH span AS (SELECT organisation, kind, min(hour) AS first, max(hour) AS last FROM evidence.coverage GROUP BY ALL),
  hours AS (SELECT organisation, kind, unnest(generate_series(first, last, INTERVAL 1 HOUR)) AS hour FROM span)
  SELECT h.organisation, h.kind, h.hour, coalesce(c.events, 0) AS events,
    -- local time of the office, by way of its offset at that hour: only comparisons follow
    timezone(getvariable('zone'), timezone('UTC', h.hour)) AS local
  FROM hours h LEFT JOIN evidence.coverage c ON c.organisation = h.organisation AND c.kind = h.kind AND c.hour = h.hour;
-- what all sources of the organisation together did in each hour
CREATE OR REPLACE TEMP TABLE hourly_all AS
  SELECT organisation, hour, local, sum(events) AS events FROM temp.hourly GROUP BY ALL;
-- usual for the hour: median over the other days of the same sort; days counts how many there are to judge by
CREATE OR REPLACE TEMP TABLE hourly_usual AS
  SELECT s.organisation, s.kind, s.hour, count(o.hour) AS days, coalesce(median(o.events), 0) AS usual,
    coalesce(median(b.events - o.events), 0) AS others
  FROM temp.hourly s LEFT JOIN (temp.hourly o JOIN temp.hourly_all b ON b.organisation = o.organisation AND b.hour = o.hour)
    ON o.organisation = s.organisation AND o.kind = s.kind AND o.hour <> s.hour AND hour(o.local) = hour(s.local)
    AND (isodow(o.local) > 5) = (isodow(s.local) > 5)
  WHERE s.events = 0 GROUP BY ALL;
-- the hours right before and after the silence
CREATE OR REPLACE TEMP TABLE hourly_around AS
  SELECT organisation, kind, hour, events,
    last_value(CASE WHEN events > 0 THEN events END IGNORE NULLS) OVER before AS before,
    last_value(CASE WHEN events > 0 THEN hour END IGNORE NULLS) OVER before AS before_at,
    first_value(CASE WHEN events > 0 THEN events END IGNORE NULLS) OVER after AS after,
    first_value(CASE WHEN events > 0 THEN hour END IGNORE NULLS) OVER after AS after_at
  FROM temp.hourly
  WINDOW before AS (PARTITION BY organisation, kind ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    after AS (PARTITION BY organisation, kind ORDER BY hour ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING);
CREATE OR REPLACE TEMP TABLE silent AS
  SELECT u.organisation, u.kind, u.hour,
    -- never more than the usual, or a burst of one source would make every quiet one look broken
    CASE WHEN u.days < 2 THEN 0 WHEN u.others > 0 THEN u.usual * least(1, b.events / u.others) ELSE u.usual END AS by_rhythm,
    CASE WHEN date_diff('hour', a.before_at, a.after_at) <= 4 THEN least(a.before, a.after) ELSE 0 END AS by_neighbours,
    u.days, u.usual, b.events AS others_events
  FROM temp.hourly_usual u JOIN temp.hourly_all b ON b.organisation = u.organisation AND b.hour = u.hour
  JOIN temp.hourly_around a ON a.organisation = u.organisation AND a.kind = u.kind AND a.hour = u.hour;
-- requests by their hash, to find those that stand in several logs; of very many a sample
SET VARIABLE sampled = (SELECT greatest(1, count(*) // 2000000)::UBIGINT FROM analysis.event);
CREATE OR REPLACE TEMP TABLE requested AS
  SELECT DISTINCT f.organisation, e.kind, hash(e.request) AS request FROM analysis.event e JOIN evidence.file f ON f.id = e.file
  WHERE e.request <> '' AND e."at" IS NOT NULL
    AND hash(e.request) % getvariable('sampled') = 0;
CREATE OR REPLACE TEMP TABLE partner AS
  WITH shared AS (SELECT organisation, request FROM temp.requested GROUP BY ALL HAVING count(*) > 1),
  several AS (SELECT r.* FROM temp.requested r SEMI JOIN shared s ON s.organisation = r.organisation AND s.request = r.request)
  SELECT o.organisation, o.kind AS kind, k.kind AS silent, count(*) / any_value(t.requests) AS share
  FROM several o JOIN several k ON k.organisation = o.organisation AND k.request = o.request AND k.kind <> o.kind
  JOIN (SELECT organisation, kind, count(*) AS requests FROM temp.requested GROUP BY ALL) t ON t.organisation = o.organisation AND t.kind = o.kind
  GROUP BY ALL HAVING count(*) >= 20 AND count(*) * 10 >= any_value(t.requests) * 9;
CREATE OR REPLACE TEMP TABLE missing AS
  SELECT organisation, kind, hour, max(expected) AS expected, max(others_events) AS others_events, string_agg(DISTINCT other, ';' ORDER BY other) AS other FROM (
    SELECT organisation, kind, hour, CASE WHEN by_rhythm >= 8 THEN by_rhythm ELSE least(by_neighbours, greatest(usual, CASE WHEN days < 2 THEN by_neighbours ELSE 0 END) * 3) END AS expected,
      others_events, NULL AS other
    FROM temp.silent WHERE by_rhythm >= 8 OR (by_neighbours >= 12 AND (days < 2 OR usual >= 4))
    UNION ALL
    SELECT h.organisation, h.kind, h.hour, c.events * p.share, c.events, p.kind
    FROM temp.hourly h JOIN temp.partner p ON p.organisation = h.organisation AND p.silent = h.kind
    JOIN evidence.coverage c ON c.organisation = h.organisation AND c.kind = p.kind AND c.hour = h.hour
    WHERE h.events = 0 AND c.events >= 3)
  GROUP BY ALL;
DELETE FROM evidence.gap;
INSERT INTO evidence.gap
  WITH run AS (
    SELECT *, hour - INTERVAL 1 HOUR * row_number() OVER (PARTITION BY organisation, kind ORDER BY hour) AS island FROM temp.missing),
  whole AS (
    SELECT organisation, kind, min(hour) AS from_at, max(hour) + INTERVAL 1 HOUR AS to_at, greatest(1, round(sum(expected)))::BIGINT AS expected,
      sum(others_events) AS others, list(other) FILTER (other IS NOT NULL) AS partners FROM run GROUP BY organisation, kind, island)
  SELECT w.organisation, w.kind, w.from_at, w.to_at, w.expected,
    coalesce((SELECT string_agg(DISTINCT c.kind, ';' ORDER BY c.kind) FROM evidence.coverage c
      WHERE (list_contains(w.partners, c.kind) OR c.kind IN (SELECT s.kind FROM temp.shows s JOIN temp.shows o ON o.act = s.act AND o.kind = w.kind)) AND c.organisation = w.organisation AND c.kind <> w.kind AND c.hour >= w.from_at AND c.hour < w.to_at), ''),
    CASE WHEN w.others = 0 THEN 'no log has a row in these hours, which are usually busy'
      ELSE 'no row of this log, while about ' || w.expected || ' were to be expected and other logs go on' END
  FROM whole w;
DROP TABLE temp.hourly;
DROP TABLE temp.hourly_all;
DROP TABLE temp.hourly_usual;
DROP TABLE temp.hourly_around;
DROP TABLE temp.silent;
DROP TABLE temp.missing;
DROP TABLE temp.requested;
DROP TABLE temp.partner;

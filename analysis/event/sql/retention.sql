-- A source keeps its rows for a number of days, and what the case holds of an organisation was exported after its last event:
-- what lies further back cannot be in it. A source that does reach further back keeps longer than usual, and has no limit.
DELETE FROM evidence.source;
INSERT INTO evidence.source
  WITH span AS (SELECT organisation, kind, min(hour) AS first_at, max(hour) AS last_at FROM evidence.coverage GROUP BY ALL),
  limits AS (SELECT s.*, k.days, max(s.last_at) OVER (PARTITION BY s.organisation) - to_days(k.days::INTEGER) AS holds_from
    FROM span s JOIN temp.keeps k ON k.kind = s.kind)
  SELECT organisation, kind, days, first_at, last_at, CASE WHEN days > 0 AND first_at >= date_trunc('day', holds_from) THEN holds_from END FROM limits
  ORDER BY ALL;
-- Sessions from before that, known from sources that keep longer, lie in the dark of those that show what was done in them
INSERT INTO evidence.gap
  WITH known AS (SELECT organisation, min(first_at) AS first_at FROM evidence.source
    WHERE kind IN (SELECT kind FROM temp.shows) GROUP BY organisation),
  dark AS (SELECT s.organisation, s.kind, s.keeps, k.first_at AS from_at, least(s.holds_from, s.first_at) AS to_at FROM evidence.source s
    JOIN known k ON k.organisation = s.organisation AND k.first_at < s.holds_from
    WHERE s.kind IN (SELECT kind FROM temp.shows WHERE act <> 'login')),
  -- sources that show the same, from their first event on
  other AS (SELECT d.organisation, d.kind, string_agg(o.kind, ';' ORDER BY o.kind) AS kinds, min(greatest(o.first_at, d.from_at)) AS since FROM dark d
    JOIN evidence.source o ON o.organisation = d.organisation AND o.kind <> d.kind AND o.first_at < d.to_at
    WHERE o.kind IN (SELECT s.kind FROM temp.shows s JOIN temp.shows t ON t.act = s.act AND t.kind = d.kind WHERE s.act <> 'login') GROUP BY ALL),
  part AS (
    SELECT d.*, '' AS covered_by FROM dark d
    UNION ALL BY NAME SELECT d.* REPLACE (o.since AS from_at), o.kinds AS covered_by FROM dark d JOIN other o USING (organisation, kind))
  SELECT p.organisation, p.kind, p.from_at, CASE WHEN p.covered_by = '' THEN coalesce(o.since, p.to_at) ELSE p.to_at END AS until, NULL, p.covered_by,
    'this log keeps ' || p.keeps || ' days: it no longer held these when it was exported, after the last event of the organisation'
  FROM part p LEFT JOIN other o USING (organisation, kind) WHERE p.from_at < until;
DROP TABLE temp.shows;
DROP TABLE temp.keeps

-- events by bars of equal width; those of attacker sessions are counted from the sessions' side, which is the small one
WITH shown AS (
  SELECT epoch_us(e."at") // $width AS bar, count(*) AS events, count(*) FILTER (e.action = 'failed') AS failed
  FROM analysis.event e
  WHERE e."at" IS NOT NULL AND ($from::TIMESTAMP IS NULL OR e."at" >= $from::TIMESTAMP) AND ($to::TIMESTAMP IS NULL OR e."at" < $to::TIMESTAMP)
  GROUP BY bar),
marked AS (
  SELECT epoch_us(e."at") // $width AS bar, count(*) AS events
  FROM (SELECT DISTINCT t.event FROM analysis.verdict v JOIN analysis.attribution t ON t.session = v.session WHERE v.verdict = 'attacker') m
  JOIN analysis.event e ON e.id = m.event
  GROUP BY bar)
SELECT make_timestamp(s.bar * $width), s.events, coalesce(m.events, 0), s.failed
FROM shown s LEFT JOIN marked m USING (bar) ORDER BY s.bar

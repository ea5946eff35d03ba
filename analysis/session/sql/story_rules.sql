WITH marked AS (
  SELECT s.* FROM analysis.session s JOIN analysis.verdict v ON v.session = s.id AND v.verdict = 'attacker' WHERE ($1 = 0 OR s.account = $1)),
first AS (
  SELECT f.rule, arg_min(f.session, (f.fired_at, f.session)) AS session, min(f.fired_at) AS "at", arg_min(f.words, (f.fired_at, f.session)) AS words,
    arg_min(f.words_ko, (f.fired_at, f.session)) AS words_ko
  FROM analysis.finding f JOIN marked m ON m.id = f.session WHERE f.fired_at IS NOT NULL GROUP BY f.rule),
taken AS (
  SELECT e."at", max(greatest(e.rows, 0)) AS rows FROM marked m JOIN analysis.attribution x ON x.session = m.id AND x.certain JOIN analysis.event e ON e.id = x.event
  WHERE e.rows > 0 AND e.kind NOT LIKE 'salesforce.rtem.%' AND NOT regexp_matches(coalesce(e.text, ''), '(?i)^\s*select\s+count\(')
  GROUP BY coalesce(e.job, e.id::VARCHAR), e."at")
SELECT f.rule, f."at", f.session, f.words, f.words_ko, coalesce((SELECT sum(t.rows) FROM taken t WHERE t."at" > f."at"), 0)::BIGINT
FROM first f ORDER BY f."at", f.rule

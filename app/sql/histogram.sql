SELECT make_timestamp(epoch_us(e."at") // ? * ?) AS bar, count(*),
  count(*) FILTER (e.id IN (SELECT t.event FROM analysis.attribution t JOIN analysis.verdict v ON v.session = t.session AND v.verdict = 'attacker')),
  count(*) FILTER (e.action = 'failed')
FROM analysis.event e
WHERE e."at" IS NOT NULL AND (?::TIMESTAMP IS NULL OR e."at" >= ?::TIMESTAMP) AND (?::TIMESTAMP IS NULL OR e."at" < ?::TIMESTAMP)
GROUP BY bar ORDER BY bar

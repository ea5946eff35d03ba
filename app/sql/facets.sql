-- how many sessions of a list have each value, the most frequent values of each facet first; a session counts once a value
WITH chosen AS ($sessions),
known AS (SELECT s.id, s.addresses, s.agents, s.apps, c.verdict = 'attacker' AS attacker FROM chosen c JOIN analysis.session s USING (id)),
address AS (SELECT k.id, k.attacker, a.country, a.network FROM (SELECT id, attacker, unnest(addresses) AS d FROM known) k JOIN analysis.address a ON a.id = k.d),
valued AS (
  SELECT 'country' AS facet, country AS value, id, attacker FROM address
  UNION ALL SELECT 'network', network, id, attacker FROM address
  UNION ALL SELECT 'family', a.family, k.id, k.attacker FROM (SELECT id, attacker, unnest(agents) AS d FROM known) k JOIN analysis.agent a ON a.id = k.d
  UNION ALL SELECT 'app', coalesce(nullif(p.name, ''), p.app), k.id, k.attacker FROM (SELECT id, attacker, unnest(apps) AS d FROM known) k JOIN analysis.app p ON p.id = k.d)
SELECT facet, value, count(DISTINCT id) AS sessions, count(DISTINCT id) FILTER (attacker)
FROM valued WHERE value <> '' GROUP BY facet, value
QUALIFY row_number() OVER (PARTITION BY facet ORDER BY sessions DESC, value) <= ?
ORDER BY facet, sessions DESC, value

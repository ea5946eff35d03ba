-- how many sessions of a list have each value, the most frequent values of each facet first; a session counts once a value.
-- Sessions of the very same addresses, agents or apps are counted together first: there are few such lists.
WITH chosen AS ($sessions),
known AS (SELECT s.addresses, s.agents, s.apps, c.verdict = 'attacker' AS attacker FROM chosen c JOIN analysis.session s USING (id)),
places AS (SELECT addresses AS list, count(*) AS n, count(*) FILTER (attacker) AS m FROM known GROUP BY ALL),
programs AS (SELECT agents AS list, count(*) AS n, count(*) FILTER (attacker) AS m FROM known GROUP BY ALL),
connected AS (SELECT apps AS list, count(*) AS n, count(*) FILTER (attacker) AS m FROM known GROUP BY ALL),
address AS (SELECT k.list, k.n, k.m, a.country, a.network FROM (SELECT *, unnest(list) AS d FROM places) k JOIN analysis.address a ON a.id = k.d),
valued AS (
  SELECT DISTINCT 'country' AS facet, country AS value, list, n, m FROM address
  UNION ALL SELECT DISTINCT 'network', network, list, n, m FROM address
  UNION ALL SELECT DISTINCT 'family', a.family, list, n, m FROM (SELECT *, unnest(list) AS d FROM programs) k JOIN analysis.agent a ON a.id = k.d
  UNION ALL SELECT DISTINCT 'app', coalesce(nullif(p.name, ''), p.app), list, n, m FROM (SELECT *, unnest(list) AS d FROM connected) k JOIN analysis.app p ON p.id = k.d)
SELECT facet, value, sum(n)::BIGINT AS sessions, sum(m)::BIGINT
FROM valued WHERE value <> '' GROUP BY facet, value
QUALIFY row_number() OVER (PARTITION BY facet ORDER BY sessions DESC, value) <= ?
ORDER BY facet, sessions DESC, value

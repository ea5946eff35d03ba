-- step: taken
-- accesses of attacker sessions by residence of the person, country of the client and kind of the account
WITH client AS (SELECT s.id AS session, coalesce(c.kind, 'unknown') AS account,
    coalesce((SELECT string_agg(DISTINCT nullif(d.country, ''), ';' ORDER BY nullif(d.country, '')) FROM analysis.address d WHERE list_contains(s.addresses, d.id)), '') AS country
  FROM analysis.session s LEFT JOIN analysis.account c ON c.id = s.account WHERE s.id IN (SELECT session FROM analysis.query))
SELECT p.residence, k.country, k.account, count(DISTINCT p.id), count(*)
FROM analysis.access a JOIN analysis.query q ON q.id = a.query AND NOT q.excluded JOIN client k ON k.session = q.session
JOIN analysis.person_record r ON r.record = a.record JOIN analysis.person p ON p.id = r.person AND p.kind = 'person'
GROUP BY ALL ORDER BY ALL

-- step: usual
-- what all other sessions read, by country of the client and kind of the account; whose rows is not in the logs
SELECT coalesce(d.country, ''), coalesce(c.kind, 'unknown'), count(DISTINCT s.id), coalesce(sum(e.rows), 0)::BIGINT
FROM analysis.session s JOIN analysis.attribution t ON t.session = s.id AND t.certain JOIN analysis.event e ON e.id = t.event
LEFT JOIN analysis.account c ON c.id = s.account LEFT JOIN analysis.address d ON d.id = e.address
WHERE s.id NOT IN (SELECT session FROM analysis.verdict WHERE verdict = 'attacker')
GROUP BY ALL ORDER BY ALL

-- step: axes
-- residents of a country: all persons, affected ones, and those an attacker reached from a client known to be abroad
SELECT (SELECT count(*) FROM analysis.person WHERE kind = 'person' AND residence = $country),
  (SELECT count(*) FROM analysis.affected a JOIN analysis.person p ON p.id = a.person WHERE p.kind = 'person' AND p.residence = $country AND a.list <> 'cleared'),
  (SELECT count(DISTINCT p.id) FROM analysis.access a JOIN analysis.query q ON q.id = a.query AND NOT q.excluded JOIN analysis.session s ON s.id = q.session
   JOIN analysis.address d ON list_contains(s.addresses, d.id) AND d.country NOT IN ('', $country)
   JOIN analysis.person_record r ON r.record = a.record JOIN analysis.person p ON p.id = r.person AND p.kind = 'person' AND p.residence = $country)

-- The order of the people: the surest first, then by residence and name.
SELECT a.person AS key
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
WHERE a.list <> 'cleared'
ORDER BY a.list, array_position(['recorded', 'replayed', 'bounded', 'reachable'], a.grade), p.residence = '', p.residence, p.name, p.person_id

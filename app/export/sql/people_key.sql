-- The order of the people: the surest first, then by residence and name. Staff and test entries have a list of their own.
SELECT a.person AS key
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
WHERE a.list <> 'cleared' AND p.kind NOT IN ('employee', 'test')
ORDER BY a.list, array_position(['recorded', 'replayed', 'bounded', 'reachable'], a.grade), p.residence = '', p.residence, p.name, p.person_id

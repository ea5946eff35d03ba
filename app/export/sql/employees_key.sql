-- The order of staff and test entries.
SELECT a.person AS key
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
WHERE a.list <> 'cleared' AND p.kind IN ('employee', 'test')
ORDER BY a.list, array_position(['recorded', 'replayed', 'bounded', 'reachable'], a.grade), p.residence = '', p.residence, p.name, p.person_id

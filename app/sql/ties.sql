SELECT a.object, a.record_id, b.object, b.record_id, m.reason, m.strength
FROM analysis.merge m JOIN analysis.record a ON a.id = m.a JOIN analysis.record b ON b.id = m.b
WHERE m.a IN (SELECT record FROM analysis.person_record WHERE person = ?) OR m.b IN (SELECT record FROM analysis.person_record WHERE person = ?)
ORDER BY CASE m.strength WHEN 'certain' THEN 1 WHEN 'likely' THEN 2 ELSE 3 END, a.record_id, b.record_id

SELECT q.query_id, s.session_id, q.carrier, q.text, q."at", a.grade, q.act, a.why,
       (SELECT coalesce(string_agg(DISTINCT f.field, ';' ORDER BY f.field), '') FROM analysis.query_field f WHERE f.query = q.id AND f.object = r.object),
       (SELECT coalesce(string_agg(l.name || chr(31) || e.line, chr(30) ORDER BY e.id), '') FROM analysis.query_event x JOIN analysis.event e ON e.id = x.event
        JOIN evidence.file l ON l.id = e.file WHERE x.query = q.id)
FROM analysis.record r
JOIN analysis.access a ON a.record = r.id
JOIN analysis.query q ON q.id = a.query
LEFT JOIN analysis.session s ON s.id = q.session
WHERE r.record_id = id18(?) AND NOT q.excluded
ORDER BY CASE a.grade WHEN 'recorded' THEN 1 WHEN 'replayed' THEN 2 WHEN 'bounded' THEN 3 ELSE 4 END, q."at", q.id

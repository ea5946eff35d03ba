SELECT e.id, e.file, e.line, f.name, e."at", e.kind, e.action, coalesce(e.object, ''), coalesce(e.record, ''),
  coalesce(d.address, ''), coalesce(n.agent, ''), coalesce(nullif(p.name, ''), p.app, ''), coalesce(e.text, ''), coalesce(e.target, ''),
  coalesce(e.status, ''), t.how, t.certain, e.rows
FROM analysis.attribution t
JOIN analysis.event e ON e.id = t.event
JOIN evidence.file f ON f.id = e.file
LEFT JOIN analysis.address d ON d.id = e.address
LEFT JOIN analysis.agent n ON n.id = e.agent
LEFT JOIN analysis.app p ON p.id = e.app

-- The order of the records.
SELECT e.record AS key
FROM analysis.exposure e JOIN analysis.record r ON r.id = e.record
WHERE e.list <> 'cleared'
ORDER BY r.object, e.list, r.record_id

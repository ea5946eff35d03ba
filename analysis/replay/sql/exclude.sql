-- the last word on a query counts
UPDATE analysis.query SET excluded = true
WHERE query_id IN (SELECT query_id FROM analysis.correction WHERE kind IN ('exclude', 'include') GROUP BY query_id HAVING arg_max(kind, entry) = 'exclude');

-- persons if all who may be one are one
SELECT a.list, count(DISTINCT p.cluster), sum(p.records)::BIGINT
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
WHERE p.kind = 'person' AND a.list IN ('confirmed', 'possible') AND list_contains($residents, p.residence) AND ($region = '' OR p.region = $region)
GROUP BY a.list

-- Fields of the customer tables by which a person is reached, one row each, the likelier first.
WITH found AS (
  SELECT f.object, f.field, f.position, CASE
      WHEN f.type = 'email' OR f.field ILIKE '%email%' THEN 'email'
      WHEN f.type = 'phone' OR f.field ILIKE '%phone%' THEN 'phone'
      WHEN f.category = 'postal_address' THEN 'address'
      WHEN f.field ILIKE '%language%' OR f.field ILIKE '%locale%' THEN 'spoken' END AS channel
  FROM snapshot.field f
  WHERE f.type NOT IN ('boolean', 'id', 'reference', 'datetime', 'date')
)
SELECT object, name_column, channel, field FROM (
  SELECT f.object, o.name_column, f.channel, f.field, min(f.position) AS position
  FROM found f JOIN (SELECT object, max(name_column) AS name_column FROM snapshot.object GROUP BY object) o ON o.object = f.object
  WHERE f.channel IS NOT NULL
  GROUP BY ALL)
ORDER BY object, channel, field ILIKE '%other%', field NOT ILIKE '%mobile%', position

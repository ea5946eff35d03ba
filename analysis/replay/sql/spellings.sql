-- how custom fields that an export wrote in capitals are spelled elsewhere: in what was asked, in definitions and in other tables
WITH shouted AS (
  SELECT DISTINCT f.object, f.field FROM snapshot.field f JOIN snapshot.object o ON o.object = f.object
  JOIN duckdb_columns() c ON c.schema_name = 'snapshot' AND c.table_name = f.object AND c.column_name = f.field AND c.database_name = current_database()
  WHERE regexp_full_match(f.field, '[A-Z0-9_]*[A-Z][A-Z0-9_]*__[a-z]{1,2}')
    AND f.field NOT IN (o.key_column, o.created_column, o.modified_column, o.deleted_column, o.name_column)
), spelled AS (
  SELECT unnest(regexp_extract_all(text, '[A-Za-z][A-Za-z0-9_]*__[a-z]{1,2}\b')) AS name FROM analysis.event
  WHERE contains(text, '__') AND EXISTS (FROM shouted)
  UNION ALL SELECT unnest(regexp_extract_all(body, '[A-Za-z][A-Za-z0-9_]*__[a-z]{1,2}\b')) FROM evidence.definition WHERE EXISTS (FROM shouted)
  UNION ALL SELECT field FROM snapshot.field
  {histories}
), best AS (
  SELECT lower(name) AS folded, arg_max(name, (n, name)) AS name FROM (SELECT name, count(*) AS n FROM spelled GROUP BY name)
  WHERE regexp_matches(regexp_replace(name, '__[a-z]+$', ''), '[a-z]') AND regexp_matches(name, '[A-Z]')
  GROUP BY 1
)
SELECT s.object, s.field, b.name FROM shouted s JOIN best b ON b.folded = lower(s.field) AND b.name <> s.field ORDER BY ALL

-- Tables that hold rows of evidence files.
SELECT schema_name, table_name FROM duckdb_columns()
WHERE schema_name IN ('raw', 'snapshot') AND column_name IN ('file', 'line')
GROUP BY ALL HAVING count(*) = 2
ORDER BY ALL

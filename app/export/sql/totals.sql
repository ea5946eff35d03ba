-- What the manifest promises and a check counts again in the CSV files. The rows of a file that was handed in again
-- are those of the first.
SELECT 'people' AS name, count(*) AS n FROM export_people
UNION ALL SELECT 'people.' || list, count(*) FROM export_people GROUP BY list
UNION ALL SELECT 'employees', count(*) FROM export_employees
UNION ALL SELECT 'records', count(*) FROM export_records
UNION ALL SELECT 'records.' || list, count(*) FROM export_records GROUP BY list
UNION ALL SELECT 'fields', count(*) FROM export_fields
UNION ALL SELECT 'sessions', count(*) FROM export_sessions
UNION ALL SELECT 'sessions.' || verdict, count(*) FROM export_sessions GROUP BY verdict
UNION ALL SELECT 'queries', count(*) FROM export_queries
UNION ALL SELECT 'evidence', count(*) FROM export_evidence
UNION ALL SELECT 'evidence.rows_read', coalesce(sum(rows_read), 0)::BIGINT FROM export_evidence WHERE state <> 'same'
UNION ALL SELECT 'evidence.rows_loaded', coalesce(sum(rows_loaded), 0)::BIGINT FROM export_evidence WHERE state <> 'same'
UNION ALL SELECT 'evidence.rows_duplicate', coalesce(sum(rows_duplicate), 0)::BIGINT FROM export_evidence WHERE state <> 'same'
UNION ALL SELECT 'evidence.rows_rejected', coalesce(sum(rows_rejected), 0)::BIGINT FROM export_evidence WHERE state <> 'same'
UNION ALL SELECT 'gaps', count(*) FROM export_gaps
UNION ALL SELECT 'rejected-rows', count(*) FROM export_rejects

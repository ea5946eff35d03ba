-- What running the queries again gave. What a query counted is no row of a record.
SELECT CASE outcome
    WHEN 'matches' THEN 'run again, the query gives as many rows as the log counted'
    WHEN 'superset' THEN 'run again, it gives more rows than the log counted'
    WHEN 'subset' THEN 'run again, it gives fewer rows: some were deleted or changed since'
    WHEN 'undefined-subset' THEN 'only a part of these rows was taken, which part is not known'
    WHEN 'recorded' THEN 'the log itself names the records'
    WHEN 'count-only' THEN 'it asked for numbers or descriptions, no customer was touched'
    WHEN 'no-count' THEN 'the log holds no number of rows to compare with'
    WHEN 'not-understood' THEN 'its text could not be read; everything in its object counts as reachable'
    ELSE outcome END AS "What running the queries again gave", outcome AS "Outcome",
  count(*) AS "Queries", coalesce(sum(rows_logged) FILTER (outcome <> 'count-only'), 0)::BIGINT AS "Rows in the logs", coalesce(sum(rows_replayed), 0)::BIGINT AS "Rows when run again",
  coalesce(sum(rows_missing), 0)::BIGINT AS "Rows no longer nameable"
FROM export_queries
GROUP BY outcome
ORDER BY "Queries" DESC, outcome

CREATE OR REPLACE TEMP TABLE file_offset AS
  SELECT file, coalesce(sum(line) OVER (ORDER BY file ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::BIGINT AS before FROM temp.last_line;
DROP TABLE temp.last_line;

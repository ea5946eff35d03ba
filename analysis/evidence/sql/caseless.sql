-- Files from the given one on whose ids of 15 characters in {id} are all in capitals or all in small letters, though they have
-- {letters} different letters or more by place, and how many these are; of them, rows that share their id with another.
SELECT "file", sum(n)::BIGINT AS ids, (sum(n) - count(*))::BIGINT AS shared FROM (
  SELECT "file", {id} AS v, count(*) AS n FROM {target} WHERE strlen({id}) = 15 AND regexp_full_match({id}, {form}) GROUP BY ALL)
WHERE "file" >= ?
GROUP BY "file" HAVING (bool_and(v = upper(v)) OR bool_and(v = lower(v))) AND {counted} >= {letters} ORDER BY "file"

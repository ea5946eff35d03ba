DELETE FROM evidence.coverage;
-- a file that names no organisation has that of the accounts in it
INSERT INTO evidence.coverage
  SELECT CASE WHEN f.organisation <> '' THEN f.organisation ELSE coalesce(u.organisation, '') END, e.kind, e.hour, sum(e.events) FROM
    (SELECT file, kind, account, date_trunc('hour', "at") AS hour, count(*) AS events FROM analysis.event WHERE "at" IS NOT NULL GROUP BY ALL) e
  JOIN evidence.file f ON f.id = e.file LEFT JOIN analysis.account u ON u.id = e.account GROUP BY ALL

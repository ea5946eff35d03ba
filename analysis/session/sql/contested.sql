-- Rows under a group that several clients share. One with an address is that client's. The others narrow down: to the
-- clients that share its request, its job or report run, its text within ten seconds, its agent; then to those with
-- another row within a minute, unless a log gap lies there, in which case that row may be the missing one; then to
-- those at work at the time. What is still left is what it may belong to, and no choice is made.
CREATE OR REPLACE TEMP TABLE alone_at AS
  SELECT grp, address, min(client) AS client FROM temp.client GROUP BY ALL HAVING min(client) = max(client);
CREATE OR REPLACE TEMP TABLE shared_row AS SELECT k.* FROM temp.keyed k JOIN temp.shared s ON s.grp = k.grp;
CREATE OR REPLACE TEMP TABLE contested AS
  SELECT k.*, nullif(e.request, '') AS request, nullif(e.job, '') AS job, nullif(e.text, '') AS text,
    coalesce(c.client, CASE WHEN k.account IS NULL THEN l.client END) AS client
  FROM temp.event e JOIN temp.shared_row k ON k.id = e.id
  LEFT JOIN temp.client c ON c.grp = k.grp AND c.address = k.address AND c.account IS NOT DISTINCT FROM k.account AND (c.kin IS NULL OR c.kin = k.kin)
  LEFT JOIN temp.alone_at l ON l.grp = k.grp AND l.address = k.address;
-- an account no client is known of says nothing of which it was
CREATE OR REPLACE TEMP TABLE open_row AS
  SELECT * REPLACE (CASE WHEN EXISTS (SELECT 1 FROM temp.client c WHERE c.grp = k.grp AND c.account = k.account) THEN account END AS account)
  FROM temp.contested k WHERE client IS NULL;
CREATE OR REPLACE TEMP TABLE near_row AS
  SELECT o.id, c.client, least(
      coalesce((SELECT min(epoch_ms(o."at") - epoch_ms(x."at")) FROM temp.contested x WHERE x.grp = o.grp AND x.client = c.client AND x."at" BETWEEN o."at" - INTERVAL 60 SECOND AND o."at"), 100000),
      coalesce((SELECT min(epoch_ms(x."at") - epoch_ms(o."at")) FROM temp.contested x WHERE x.grp = o.grp AND x.client = c.client AND x."at" BETWEEN o."at" AND o."at" + INTERVAL 60 SECOND), 100000)) <= 60000 AS near
  FROM temp.open_row o JOIN (SELECT DISTINCT grp, client FROM temp.client) c USING (grp);
CREATE OR REPLACE TEMP TABLE same_thing AS
  SELECT DISTINCT o.id, x.client, 1 AS rank FROM temp.open_row o JOIN temp.contested x ON x.grp = o.grp AND x.request = o.request WHERE x.client IS NOT NULL
  UNION ALL
  SELECT DISTINCT o.id, x.client, 2 FROM temp.open_row o JOIN temp.contested x ON x.grp = o.grp AND x.job = o.job
  WHERE x.client IS NOT NULL AND (o.job[1:3] = '750' OR x."at" BETWEEN o."at" - INTERVAL 10 SECOND AND o."at" + INTERVAL 10 SECOND)
  UNION ALL
  SELECT DISTINCT o.id, x.client, 3 FROM temp.open_row o JOIN temp.contested x ON x.grp = o.grp AND x.text = o.text
  WHERE x.client IS NOT NULL AND x."at" BETWEEN o."at" - INTERVAL 10 SECOND AND o."at" + INTERVAL 10 SECOND
  UNION ALL
  SELECT DISTINCT o.id, x.client, 4 FROM temp.open_row o JOIN analysis.agent g ON g.id = o.agent
  JOIN temp.contested x ON x.grp = o.grp JOIN analysis.agent h ON h.id = x.agent
  WHERE x.client IS NOT NULL AND h.engine = g.engine AND (g.code OR h.code OR (g.family = h.family AND g.system = h.system))
    AND (g.major IS NULL OR h.major IS NULL OR abs(g.major - h.major) <= 1);
CREATE OR REPLACE TEMP TABLE candidate AS
  SELECT o.id, o.grp, o.own, c.client, coalesce(s.rank,
      CASE WHEN n.near AND NOT EXISTS (SELECT 1 FROM evidence.gap g WHERE o."at" >= g.from_at AND o."at" < g.to_at) THEN 5
        WHEN o."at" BETWEEN c.first_at - INTERVAL 5 MINUTE AND c.last_at + INTERVAL 15 MINUTE THEN 6 ELSE 7 END) AS rank
  FROM temp.open_row o
  JOIN (SELECT grp, client, min(first_at) AS first_at, max(last_at) AS last_at, list(DISTINCT account) AS accounts FROM temp.client GROUP BY ALL) c
    ON c.grp = o.grp AND (o.account IS NULL OR list_contains(c.accounts, o.account))
  LEFT JOIN (SELECT id, client, min(rank) AS rank FROM temp.same_thing GROUP BY ALL) s ON s.id = o.id AND s.client = c.client
  LEFT JOIN temp.near_row n ON n.id = o.id AND n.client = c.client;
-- where the rows belong that do not simply go with their group: several lines when several clients remain
CREATE OR REPLACE TEMP TABLE placed AS
  SELECT id, grp, client, CASE WHEN own THEN 'login key and client' ELSE 'session key and client' END AS how, true AS certain
  FROM temp.contested WHERE client IS NOT NULL
  UNION ALL
  SELECT id, grp, client, CASE WHEN own THEN 'login key' ELSE 'session key' END
      || CASE rank WHEN 1 THEN ' and request' WHEN 2 THEN ' and job' WHEN 3 THEN ' and text' WHEN 4 THEN ' and agent' ELSE ' and time' END,
    count(*) OVER (PARTITION BY id) = 1
  FROM (SELECT * FROM temp.candidate QUALIFY rank = min(rank) OVER (PARTITION BY id));
CREATE OR REPLACE TEMP TABLE settled AS
  SELECT b.* EXCLUDE (grp, own), p.grp, p.client, p.how, p.certain, b.grp IS NULL AND b.sort IS DISTINCT FROM 'failed' AS inferred
  FROM temp.base b JOIN temp.placed p ON p.id = b.id;
-- every event with the group and client it belongs to
CREATE OR REPLACE TEMP VIEW spread AS
  SELECT b.* EXCLUDE (grp, own), b.grp, 0::BIGINT AS client, CASE WHEN b.own THEN 'login key' ELSE 'session key' END AS how, true AS certain, false AS inferred
  FROM temp.base b ANTI JOIN temp.shared s ON s.grp = b.grp WHERE b.grp IS NOT NULL
  UNION ALL
  FROM temp.settled

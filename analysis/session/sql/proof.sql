-- the log lines that show it, at most twenty of each sort, for the sessions some rule has something to say about
CREATE OR REPLACE TEMP TABLE spoken_of AS SELECT n.grp, n.client FROM temp.numbered n JOIN temp.fired f ON f.session = n.session;
CREATE OR REPLACE TEMP TABLE shown AS
  SELECT s.id, s."at", s.grp, s.client, s.rows, s.sort, s.record
  FROM temp.spread s JOIN temp.spoken_of n ON n.grp = s.grp AND n.client = s.client;
DELETE FROM analysis.proof;
INSERT INTO analysis.proof
  WITH line AS (
    SELECT grp, client, arg_min(id, ("at", id), 3) AS ev_first, arg_max(id, (rows, id), 5) FILTER (rows > 0) AS ev_volume FROM temp.shown GROUP BY ALL),
  special AS (
    SELECT grp, client, arg_min(id, ("at", id), 20) FILTER (sort IN ('described', 'counted', 'sampled')) AS ev_recon, arg_min(id, ("at", id), 20) FILTER (record) AS ev_record,
      arg_min(id, ("at", id), 20) FILTER (sort = 'export') AS ev_export, arg_min(id, ("at", id), 20) FILTER (sort = 'deleted') AS ev_deleted
    FROM temp.shown WHERE sort IS NOT NULL OR record GROUP BY ALL)
  SELECT n.session, l.ev_first, coalesce(s.ev_recon, []), coalesce(s.ev_record, []), coalesce(s.ev_export, []), coalesce(l.ev_volume, []),
    coalesce(s.ev_deleted, []), coalesce(k.ids, []), coalesce(i.ids, a.ids, []), coalesce(g.ids, [])
  FROM line l JOIN temp.numbered n USING (grp, client) LEFT JOIN special s USING (grp, client) LEFT JOIN temp.knocked k ON k.session = n.session
  LEFT JOIN temp.installed i ON i.session = n.session LEFT JOIN temp.altered a ON a.session = n.session
  LEFT JOIN temp.again g ON g.grp = n.grp AND g.client = n.client

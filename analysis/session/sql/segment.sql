-- Apps that tell a client from another. The shell a page is drawn in and a bare product name do not.
CREATE OR REPLACE TEMP TABLE telling AS
  SELECT id AS app FROM analysis.app WHERE id IN (SELECT c.app FROM (SELECT DISTINCT app, kind FROM temp.base) c JOIN temp.nature n ON n.no = c.kind WHERE n.nature <> 'screen') AND (regexp_matches(app, '^(0H4|888|0CA)') OR (name <> '' AND NOT regexp_matches(name, '(?i)^(one:one|native:bridge|browser|n/a|unknown|.*:.*)$')));
-- How a connection was encrypted, as logins tell it: by its cipher suite, or where that is missing by its protocol alone, which
-- dialects write as TLSv1.2, TLS 1.2 or 1.2. One says nothing of the other.
CREATE OR REPLACE TEMP TABLE encrypted AS
  SELECT id, CASE WHEN NOT bare THEN upper(tls) END AS cipher, CASE WHEN bare THEN regexp_extract(tls, '[0-9.]+') END AS protocol
  FROM (SELECT id, tls, regexp_full_match(tls, '(?i)\s*(tls|ssl)?[ _v]*[0-9.]+\s*') AS bare FROM temp.event WHERE tls <> '');
CREATE OR REPLACE TEMP TABLE recoded AS
  SELECT n.session, s.grp, s.client FROM temp.spread s JOIN temp.encrypted e ON e.id = s.id JOIN temp.numbered n ON n.grp = s.grp AND n.client = s.client
  GROUP BY ALL HAVING min(e.cipher) <> max(e.cipher) OR min(e.protocol) <> max(e.protocol);
-- Segments: a session whose address, agent, app or encryption changes is cut there. Rows that do not say go with the row before.
CREATE OR REPLACE TEMP TABLE varied AS
  SELECT n.session, c.grp, c.client FROM temp.face c JOIN temp.numbered n ON n.grp = c.grp AND n.client = c.client LEFT JOIN analysis.address a ON a.id = c.address LEFT JOIN analysis.agent g ON g.id = c.agent
    LEFT JOIN temp.telling t ON t.app = c.app
  WHERE c.grp > 0 OR c.grp % 2 = 0
  GROUP BY ALL HAVING min(CASE WHEN a.public THEN c.address END) <> max(CASE WHEN a.public THEN c.address END)
    OR min(CASE WHEN g.family <> '' AND NOT g.code THEN c.agent END) <> max(CASE WHEN g.family <> '' AND NOT g.code THEN c.agent END) OR min(t.app) <> max(t.app)
  UNION FROM temp.recoded WHERE grp > 0 OR grp % 2 = 0;
CREATE OR REPLACE TEMP TABLE cut AS
  SELECT id, session, sum(fresh) OVER (PARTITION BY session ORDER BY "at", id ROWS UNBOUNDED PRECEDING) AS segment, address, agent, app, "at" FROM (
    SELECT *, CASE WHEN lag(address) OVER way IS NOT NULL AND address <> lag(address) OVER way
        OR lag(agent) OVER way IS NOT NULL AND agent <> lag(agent) OVER way
        OR lag(app) OVER way IS NOT NULL AND app <> lag(app) OVER way
        OR lag(cipher) OVER way IS NOT NULL AND cipher <> lag(cipher) OVER way
        OR lag(protocol) OVER way IS NOT NULL AND protocol <> lag(protocol) OVER way THEN 1 ELSE 0 END AS fresh FROM (
      SELECT id, session, "at", last_value(address IGNORE NULLS) OVER so_far AS address, last_value(agent IGNORE NULLS) OVER so_far AS agent,
        last_value(app IGNORE NULLS) OVER so_far AS app, last_value(cipher IGNORE NULLS) OVER so_far AS cipher,
        last_value(protocol IGNORE NULLS) OVER so_far AS protocol FROM (
          SELECT e.id, v.session, e."at", CASE WHEN e.public THEN e.address END AS address,
            CASE WHEN e.known AND NOT g.code THEN e.agent END AS agent, t.app, c.cipher, c.protocol
          FROM temp.spread e JOIN temp.varied v ON v.grp = e.grp AND v.client = e.client
          LEFT JOIN analysis.agent g ON g.id = e.agent LEFT JOIN temp.telling t ON t.app = e.app LEFT JOIN temp.encrypted c ON c.id = e.id)
      WINDOW so_far AS (PARTITION BY session ORDER BY "at", id ROWS UNBOUNDED PRECEDING))
    WINDOW way AS (PARTITION BY session ORDER BY "at", id));
DELETE FROM analysis.attribution;
-- most sessions are the one client of their key, and of one segment: their rows need no more than the key
CREATE OR REPLACE TEMP TABLE plain AS
  SELECT n.grp, n.session FROM temp.numbered n ANTI JOIN temp.shared s ON s.grp = n.grp ANTI JOIN temp.varied v ON v.session = n.session;
CREATE OR REPLACE TEMP TABLE involved AS SELECT n.grp, n.client, n.session FROM temp.numbered n ANTI JOIN temp.plain p ON p.session = n.session;
INSERT INTO analysis.attribution
  SELECT b.id, p.session, 0, CASE WHEN b.own THEN 'login key' ELSE 'session key' END, true FROM temp.base b JOIN temp.plain p ON p.grp = b.grp
  UNION ALL
  SELECT s.id, p.session, 0, s.how, s.certain FROM temp.settled s JOIN temp.plain p ON p.grp = s.grp
  UNION ALL
  SELECT p.id, n.session, coalesce(c.segment, 0), p.how, p.certain
  FROM temp.spread p JOIN temp.involved n ON n.grp = p.grp AND n.client = p.client LEFT JOIN temp.cut c ON c.id = p.id AND c.session = n.session;
DELETE FROM analysis.segment;
INSERT INTO analysis.segment
  SELECT session, segment, arg_max(address, ("at", id)) FILTER (address IS NOT NULL), arg_max(agent, ("at", id)) FILTER (agent IS NOT NULL), arg_max(app, ("at", id)) FILTER (app IS NOT NULL),
    min("at"), max("at"), count(*) FROM temp.cut GROUP BY session, segment
  UNION ALL
  SELECT s.id, 0, s.addresses[1], s.agents[1], s.apps[1], s.started_at, s.ended_at, s.events
  FROM analysis.session s ANTI JOIN temp.cut c ON c.session = s.id

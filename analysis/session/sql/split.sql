-- A node is one account at one address under a group, and with one browser where two are in turn; two nodes are never one
-- client when split says so.
CREATE OR REPLACE TEMP TABLE part AS
  SELECT c.* REPLACE (CASE WHEN t.grp IS NOT NULL THEN c.kin END AS kin) FROM temp.client_cell c JOIN temp.several s ON s.grp = c.grp
  LEFT JOIN temp.in_turn t ON t.grp = c.grp AND t.account = c.account AND t.address = c.address WHERE t.grp IS NULL OR c.kin IS NOT NULL;
CREATE OR REPLACE TEMP TABLE node AS
  SELECT row_number() OVER (ORDER BY c.grp, min(c.first_at), c.account, c.address, c.kin) AS id, c.grp, c.account, c.address, c.kin,
    min(c.first_at) AS first_at, max(c.last_at) AS last_at, sum(c.events) AS events, bool_or(coalesce(g.mobile, false)) AS mobile,
    count(c.agent) > 0 AS known, any_value(a.country) AS country, any_value(a.asn) AS asn, any_value(a.network) AS network
  FROM temp.part c JOIN analysis.address a ON a.id = c.address
  LEFT JOIN analysis.agent g ON g.id = c.agent
  GROUP BY c.grp, c.account, c.address, c.kin;
CREATE OR REPLACE TEMP TABLE node_agent AS
  SELECT DISTINCT n.id AS node, c.agent, g.family, g.engine, g.major, g.system, g.code
  FROM temp.node n JOIN temp.part c ON c.grp = n.grp AND c.account IS NOT DISTINCT FROM n.account AND c.address = n.address AND c.kin IS NOT DISTINCT FROM n.kin
  JOIN analysis.agent g ON g.id = c.agent;
-- how often the work changes between two addresses: 1 is a move, 3 and more is back and forth
CREATE OR REPLACE TEMP TABLE change AS
  SELECT grp, least(address, before) AS one, greatest(address, before) AS other, count(*) AS times FROM (
    SELECT k.grp, k.address, lag(k.address) OVER (PARTITION BY k.grp ORDER BY k."at", k.id) AS before
    FROM temp.keyed k JOIN temp.several USING (grp) WHERE k.address IS NOT NULL AND k."at" IS NOT NULL)
  WHERE address <> before GROUP BY ALL;
-- Two nodes are two clients when they are two accounts, or two browsers in turn at one address; when their agents differ (a numeric code differs from a whole
-- agent only by engine and version); when they lie in two countries; or when they alternate between two networks of two
-- holders while no telephone is in play. A changed address alone is the same client on the move.
CREATE OR REPLACE TEMP TABLE split AS
  SELECT x.grp, x.id AS one, y.id AS other
  FROM temp.node x JOIN temp.node y ON y.grp = x.grp AND y.id > x.id
  LEFT JOIN temp.change c ON c.grp = x.grp AND c.one = least(x.address, y.address) AND c.other = greatest(x.address, y.address)
  LEFT JOIN (SELECT p.node AS one, q.node AS other, bool_or(p.engine = q.engine
        AND (p.code OR q.code OR (p.family = q.family AND p.system = q.system))
        AND (p.major IS NULL OR q.major IS NULL OR abs(p.major - q.major) <= 1)) AS agree
      FROM temp.node_agent p JOIN temp.node m ON m.id = p.node JOIN temp.node n ON n.grp = m.grp JOIN temp.node_agent q ON q.node = n.id
      WHERE p.node < q.node GROUP BY ALL) a ON a.one = x.id AND a.other = y.id
  WHERE x.account IS DISTINCT FROM y.account OR (x.address = y.address AND x.kin <> y.kin)
    OR (x.address <> y.address AND (
      NOT coalesce(a.agree, true)
      OR (x.country <> '' AND y.country <> '' AND x.country <> y.country)
      OR (coalesce(c.times, 0) >= 3 AND x.network <> y.network AND coalesce(x.asn <> y.asn, true) AND NOT (x.mobile AND y.mobile))))

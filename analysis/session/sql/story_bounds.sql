WITH marked AS (
  SELECT s.* FROM analysis.session s JOIN analysis.verdict v ON v.session = s.id AND v.verdict = 'attacker' WHERE ($1 = 0 OR s.account = $1)),
network AS (SELECT DISTINCT a.network FROM (SELECT unnest(addresses) AS id FROM marked) m JOIN analysis.address a USING (id) WHERE a.public)
SELECT min(started_at) FILTER (kind <> 'failed'), max(ended_at) FILTER (kind <> 'failed'),
  (SELECT min(e."at") FROM analysis.event e JOIN analysis.address a ON a.id = e.address JOIN network n ON n.network = a.network
    WHERE e.action = 'failed' AND ($1 = 0 OR e.account = $1))
FROM marked

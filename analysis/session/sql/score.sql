-- a rule would have spoken at the first row that shows it
CREATE OR REPLACE TEMP TABLE first_line AS SELECT DISTINCT events[1] AS id FROM analysis.finding WHERE len(events) > 0;
CREATE OR REPLACE TEMP TABLE first_moment AS SELECT e.id, e."at" FROM temp.event e JOIN temp.first_line l ON l.id = e.id;
UPDATE analysis.finding SET fired_at = m."at" FROM temp.first_moment m WHERE m.id = analysis.finding.events[1];
CREATE OR REPLACE TEMP TABLE only_failed AS SELECT id FROM analysis.session WHERE kind = 'failed';
-- failed logins got in nowhere: they are worth a look when one network tried many accounts, never more
INSERT INTO analysis.finding
  SELECT s.id, 'failed-logins', CASE WHEN sp.accounts >= 5 THEN 6 ELSE 1 END, 'failed logins: ' || num(s.failed) || '; accounts tried from this network: ' || num(coalesce(sp.accounts, 1)),
    e.ids, '로그인 ' || num(s.failed) || '회 실패, 이 네트워크에서 시도된 계정 ' || num(coalesce(sp.accounts, 1)) || '개', s.started_at
  FROM analysis.session s LEFT JOIN analysis.address a ON a.id = s.addresses[1] LEFT JOIN temp.sprayed sp ON sp.organisation = s.organisation AND sp.network = a.network AND a.public
  JOIN (SELECT x.session, arg_min(x.event, x.event, 20) AS ids FROM analysis.attribution x JOIN temp.only_failed f ON f.id = x.session GROUP BY x.session) e ON e.session = s.id
  WHERE s.kind = 'failed';
UPDATE analysis.session SET score = f.score, reasons = f.reasons FROM (
  SELECT session, least(100, sum(weight)) AS score, string_agg(rule || ' +' || CASE WHEN weight = floor(weight) THEN weight::BIGINT::VARCHAR ELSE weight::VARCHAR END || ' ' || words, '; ' ORDER BY weight DESC, rule) AS reasons
  FROM analysis.finding GROUP BY session) f
WHERE f.session = analysis.session.id

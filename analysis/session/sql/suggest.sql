-- $1: sessions to go on from, $2: all held to be the thief's already (left out of the answer).
-- A candidate is away when neither its carrier is home to its account nor its network home to anybody, when more accounts
-- were tried in vain from its network than ever got in, or when it came second in a shared session. It is apart when its
-- network is nobody's home, the account's neither, whoever the carrier: a thief may rent a line of the carrier the victim's
-- own home is with. Only what is away or apart can be suggested strongly by a trait others may have for good reasons. It was
-- guessed when it logged in where most accounts that tried never got in: five at least, more than four for each other
-- account that keeps coming from there, and where the account itself never was before the first was refused. It is rented
-- when it comes from a data centre, VPN or Tor that is no other account's home: what is often seen there may be the thief
-- who was there before the logs began, and another session of the same account from there is his too. An app is routine that
-- most of the account's other sessions came with: that the thief took it over tells nothing of them.
-- What is rare in one organisation says nothing in another: traits link sessions of one organisation (or of none, as those at an
-- identity provider may be). Only the thief's address and network lead over to another one, and never strongly.
WITH marked AS (  -- with each organisation it may speak for
  SELECT t.*, s.agents, h.organisation AS here, s.organisation <> h.organisation AND '' NOT IN (s.organisation, h.organisation) AS elsewhere
  FROM analysis.trait t JOIN analysis.session s ON s.id = t.session CROSS JOIN (SELECT DISTINCT organisation FROM analysis.session) h WHERE list_contains($1::INTEGER[], t.session)),
origin AS (FROM marked WHERE NOT elsewhere),
rival AS (
  SELECT t.*, s.session_id, s.score, s.agents, s.organisation,
    (t.network <> '' AND t.network_homes = 0 AND (NOT t.home_holder OR (t.in_vain >= 5 AND t.in_vain > t.network_accounts AND NOT t.known_before))) OR t.hijack AS away,
    t.network <> '' AND t.given = '' AND t.network_homes = 0 AND t.own_network * 2 <= t.own_sessions AND NOT t.mobile AS apart,
    t.login AND t.network_homes = 0 AND t.given = '' AND t.own_network * 2 <= t.own_sessions AND NOT t.known_before
      AND t.in_vain >= 5 AND t.in_vain > t.network_accounts AND t.in_vain > 4 * t.network_regulars AS guessed,
    t.class IN ('hosting', 'vpn', 'tor') AND t.network_homes = 0 AND t.given = '' AND t.kind IN ('browser', 'mixed') AS rented,
    t.own_app >= 5 AND t.own_app * 2 > t.own_sessions AND t.app_installed = 0 AND t.ioc_app = '' AS routine
  FROM analysis.trait t JOIN analysis.session s ON s.id = t.session
  WHERE NOT list_contains($2::INTEGER[], t.session) AND t.session NOT IN (SELECT session FROM analysis.verdict WHERE verdict <> 'undetermined')),
asked AS (  -- queries of the sessions to go on from, word for word
  SELECT DISTINCT x.session, o.here, e.text FROM analysis.attribution x JOIN analysis.event e ON e.id = x.event JOIN origin o ON o.session = x.session
  WHERE x.certain AND e.action IN ('query', 'bulk') AND length(e.text) > 40
    AND NOT regexp_matches(e.text, '(?i)^\s*select\s+count\(')),
repeated AS (
  SELECT x.session, q.here, q.text, min(q.session) AS "with" FROM asked q JOIN analysis.event e ON e.text = q.text JOIN analysis.attribution x ON x.event = e.id
  WHERE x.session <> q.session GROUP BY ALL),
custom AS (  -- what is asked all the time by sessions nothing speaks against: who repeats it does the account's work, or hides in it
  SELECT p.here, p.text FROM repeated p JOIN analysis.session s ON s.id = p.session AND s.organisation = p.here GROUP BY p.here, p.text
  HAVING count(*) FILTER (s.score < 10) >= 5 AND count(*) FILTER (s.score < 10) * 2 > count(*)),
tool AS (  -- whole user agents of the sessions to go on from, and who else has them
  SELECT g.id, g.agent, o.here, min(o.session) AS "with", g.system = '' AND NOT g.mobile AS program FROM (SELECT session, here, unnest(agents) AS agent FROM origin) o
  JOIN analysis.agent g ON g.id = o.agent WHERE g.family <> '' AND NOT g.code GROUP BY ALL),
habit AS (  -- clients that are some account's usual one: of its sessions that are above suspicion
  SELECT DISTINCT family, system, true AS habitual FROM (
    SELECT s.account, g.family, g.system, count(*) AS n FROM analysis.session s JOIN analysis.agent g ON g.id = s.agents[1]
    WHERE s.kind <> 'failed' AND s.score < 20 AND NOT list_contains($2::INTEGER[], s.id) AND g.family <> '' GROUP BY s.account, g.family, g.system
    QUALIFY n >= 3 AND n * 2 > sum(n) OVER (PARTITION BY s.account))),
tool_use AS (
  SELECT s.id AS session, t.id, t.agent, t."with", t.program, h.habitual IS NULL AS foreign_here, count(*) OVER (PARTITION BY t.id, t.here) AS sessions
  FROM (SELECT id, organisation, unnest(agents) AS agent FROM analysis.session WHERE kind <> 'failed') s
  JOIN tool t ON t.id = s.agent AND t.here = s.organisation JOIN analysis.agent g ON g.id = t.id LEFT JOIN habit h ON h.family = g.family AND h.system = g.system),
near AS (
  SELECT r.session, 'address' AS trait, r.address AS value, min(o.session) AS "with",
    CASE WHEN bool_or(r.away OR r.apart OR (r.rented AND o.account = r.account)) THEN 'strong' WHEN min(r.network_homes) <= 2 THEN 'moderate' END AS strength
  FROM rival r JOIN origin o ON o.address = r.address AND o.here = r.organisation WHERE r.address <> '' GROUP BY ALL
  UNION ALL
  SELECT r.session, 'network', r.network, min(o.session),
    CASE WHEN bool_or(r.away OR r.apart OR (r.rented AND o.account = r.account)) THEN 'strong' WHEN min(r.network_homes) <= 2 THEN 'weak' END
  FROM rival r JOIN origin o ON o.network = r.network AND o.here = r.organisation WHERE r.network <> '' GROUP BY ALL
  UNION ALL
  SELECT r.session, 'app', r.app, min(o.session),
    CASE WHEN r.routine THEN CASE WHEN r.away OR r.apart THEN 'weak' END WHEN r.app_accounts > 3 AND r.ioc_app = '' THEN 'weak'
      WHEN r.away OR (r.apart AND (r.score >= 60 OR (r.app_accounts = 1 AND r.app_installed > 0))) THEN 'strong' ELSE 'moderate' END
  FROM rival r JOIN origin o ON o.app = r.app AND o.here = r.organisation WHERE r.app <> '' AND (r.app_accounts <= 10 OR r.ioc_app <> '') GROUP BY ALL
  UNION ALL
  SELECT r.session, 'agent', u.agent, min(u."with"),
    CASE WHEN r.score >= 20 AND r.own_agent * 2 <= r.own_sessions AND u.foreign_here THEN 'strong'
      WHEN u.sessions > 20 THEN NULL WHEN r.away AND r.score >= 30 AND r.agent_accounts <= 3 THEN 'strong' WHEN r.away THEN 'moderate' WHEN u.program THEN 'weak' END
  FROM rival r JOIN tool_use u USING (session) GROUP BY ALL
  UNION ALL
  SELECT r.session, 'query', q.text, min(q."with"), CASE WHEN r.away THEN 'strong' ELSE 'weak' END
  FROM rival r JOIN repeated q ON q.session = r.session AND q.here = r.organisation ANTI JOIN custom c ON c.here = q.here AND c.text = q.text
  WHERE r.account_kind NOT IN ('integration', 'system') OR r.away GROUP BY ALL
  UNION ALL
  -- a machine always comes from one place: another place and another habit is enough
  SELECT r.session, 'account', coalesce(u.username, ''), min(o.session),
    CASE WHEN r.score >= 35 OR (r.score >= 25 AND r.settled AND r.account_kind IN ('integration', 'system')) THEN 'strong' WHEN r.score >= 25 THEN 'moderate' END
  FROM rival r JOIN origin o ON o.account = r.account AND o.here = r.organisation LEFT JOIN analysis.account u ON u.id = r.account WHERE r.away OR r.apart GROUP BY ALL
  UNION ALL
  -- the same operator, which is nobody's usual one, under the same account: the owner does not rent where the thief does
  SELECT r.session, 'holder', r.holder, min(o.session), CASE WHEN max(r.score) >= CASE WHEN max(r.exports + r.jobs) > 0 THEN 50 ELSE 60 END OR bool_or(o.account = r.account) THEN 'strong' WHEN max(r.score) >= 30 THEN 'moderate' ELSE 'weak' END
  FROM rival r JOIN origin o ON o.asn = r.asn AND o.here = r.organisation WHERE r.away AND r.holder_homes = 0 AND (r.class <> '' OR r.country <> r.home_country) GROUP BY ALL
  UNION ALL
  -- nothing shared, but more than chance would put together: a critical finding and two more of weight; a session taken
  -- over with a browser and from a network that nobody else here uses; or one that got in where many were tried in vain
  SELECT r.session, 'itself', '', 0, CASE WHEN r.score >= 70 OR r.guessed OR (r.hijack AND NOT r.program) THEN 'strong' ELSE 'moderate' END
  FROM rival r JOIN (SELECT session, max(weight) AS most, count(*) FILTER (weight >= 10) AS heavy FROM analysis.finding GROUP BY session) f USING (session)
  WHERE (r.away AND r.score >= 50 AND f.most >= 25 AND f.heavy >= 3) OR r.guessed
    OR (r.hijack AND r.own_agent = 0 AND r.family <> '' AND r.network_accounts = 1 AND r.own_network = 0)),
link AS (
  SELECT r.session, 'address' AS trait, r.address AS value, min(o.session) AS "with", 'moderate' AS strength, true AS elsewhere
  FROM rival r JOIN marked o ON o.address = r.address AND o.here = r.organisation AND o.elsewhere WHERE r.address <> '' GROUP BY ALL
  UNION ALL
  SELECT r.session, 'network', r.network, min(o.session), 'weak', true
  FROM rival r JOIN marked o ON o.network = r.network AND o.here = r.organisation AND o.elsewhere WHERE r.network <> '' GROUP BY ALL
  UNION ALL
  SELECT *, false FROM near)
SELECT l.session, r.session_id, coalesce(u.username, ''), r.score, l.trait, l.value, l."with", n.sessions, n.accounts, l.strength,
  CASE l.trait
    WHEN 'address' THEN 'same address ' || l.value WHEN 'network' THEN 'same network ' || l.value WHEN 'app' THEN 'same app ' || l.value
    WHEN 'agent' THEN 'same user agent ' || l.value WHEN 'query' THEN 'same query, word for word' WHEN 'account' THEN 'same stolen account ' || l.value || ', away from home'
    WHEN 'holder' THEN 'same network operator ' || l.value ELSE 'suspicious by itself: ' || z.reasons END
  || CASE WHEN l.elsewhere THEN ', marked in another organisation' ELSE '' END
  || CASE WHEN l.trait IN ('address', 'network', 'app') THEN ' (in this organisation: ' || n.sessions || ' sessions of ' || n.accounts || ' accounts)' ELSE '' END,
  CASE l.trait
    WHEN 'address' THEN '같은 주소 ' || l.value WHEN 'network' THEN '같은 네트워크 ' || l.value WHEN 'app' THEN '같은 앱 ' || l.value
    WHEN 'agent' THEN '같은 사용자 에이전트 ' || l.value WHEN 'query' THEN '글자 그대로 같은 질의' WHEN 'account' THEN '같은 도용 계정 ' || l.value || ', 평소와 다른 곳'
    WHEN 'holder' THEN '같은 통신망 사업자 ' || l.value ELSE '그 자체로 의심스러움' END
  || CASE WHEN l.elsewhere THEN ', 다른 조직에서 표시됨' ELSE '' END
  || CASE WHEN l.trait IN ('address', 'network', 'app') THEN ' (이 조직에서 계정 ' || n.accounts || '개의 세션 ' || n.sessions || '개)' ELSE '' END
FROM link l JOIN rival r USING (session) JOIN analysis.session z ON z.id = l.session LEFT JOIN analysis.account u ON u.id = r.account
JOIN LATERAL (SELECT count(*) AS sessions, count(DISTINCT t.account) AS accounts FROM analysis.trait t JOIN analysis.session s ON s.id = t.session
  WHERE s.organisation = r.organisation AND ((l.trait = 'address' AND t.address = l.value) OR (l.trait = 'network' AND t.network = l.value) OR (l.trait = 'app' AND t.app = l.value))) n ON true
WHERE l.strength IS NOT NULL
ORDER BY l.session, list_position(['strong', 'moderate', 'weak'], l.strength), l.trait = 'itself', l.trait, l.value

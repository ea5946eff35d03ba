-- What each session is like, measured against its account's other sessions and against the organisation. "Home" is what
-- most sessions of an account come from: a thief who visits twenty accounts makes his network seen often, but nobody's
-- home. Measures called own_… leave the session itself out.
CREATE OR REPLACE TEMP TABLE stay AS
  SELECT n.session, n.grp, n.client, n.account, n.organisation, n.started_at, n.ended_at, n.kind,
    coalesce(n.account, 0) AS who, coalesce(s.addresses[1], 0) AS place, coalesce(s.agents[1], 0) AS tool
  FROM analysis.session s JOIN temp.numbered n ON n.session = s.id WHERE s.kind <> 'failed';
CREATE OR REPLACE TEMP VIEW lived AS
  SELECT s.*, a.address, a.network, a.country, a.asn, a.holder, a.class, coalesce(a.given, '') AS given, coalesce(a.asn::VARCHAR, a.network) AS carrier
  FROM temp.stay s LEFT JOIN analysis.address a ON a.id = s.place AND a.public;
CREATE OR REPLACE TEMP TABLE by_network AS SELECT organisation, account, network, count(*) AS n, count(DISTINCT started_at::DATE) AS days, min(started_at) AS since FROM temp.lived WHERE network IS NOT NULL AND account IS NOT NULL GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE by_carrier AS SELECT organisation, account, carrier, count(*) AS n FROM temp.lived WHERE carrier IS NOT NULL AND account IS NOT NULL GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE by_country AS SELECT organisation, account, country, count(*) AS n FROM temp.lived WHERE country <> '' AND account IS NOT NULL GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE home_network AS SELECT * FROM temp.by_network QUALIFY n * 2 > sum(n) OVER (PARTITION BY account);
CREATE OR REPLACE TEMP TABLE home_carrier AS SELECT * FROM temp.by_carrier QUALIFY n * 2 > sum(n) OVER (PARTITION BY account);
CREATE OR REPLACE TEMP TABLE home_country AS SELECT * FROM temp.by_country QUALIFY n * 2 > sum(n) OVER (PARTITION BY account);
-- whose home a network, a carrier, a country is: accounts with more than one session, or everyone's first visit would count
CREATE OR REPLACE TEMP TABLE homes_network AS SELECT organisation, network, count(*) AS homes FROM temp.home_network WHERE n > 1 GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE homes_carrier AS SELECT organisation, carrier, count(*) AS homes FROM temp.home_carrier WHERE n > 1 GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE homes_country AS SELECT organisation, country, count(*) AS homes FROM temp.home_country WHERE n > 1 GROUP BY ALL;
-- the program in hand: the first whole user agent, else the first at all
CREATE OR REPLACE TEMP VIEW hand AS
  SELECT s.session, s.who, s.tool, s.account, s.organisation, g.words, g.family, g.system, g.agent, NOT g.code AND g.system = '' AND NOT g.mobile AS program, g.mobile
  FROM temp.stay s JOIN analysis.agent g ON g.id = s.tool WHERE g.family <> '';
CREATE OR REPLACE TEMP TABLE by_hand AS SELECT account, family, system, count(*) AS n FROM temp.hand WHERE account IS NOT NULL GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE hands AS SELECT organisation, family, system, count(DISTINCT account) AS accounts FROM temp.hand GROUP BY ALL;
-- apps: the rarest one of a session speaks for it
CREATE OR REPLACE TEMP TABLE app_use AS
  SELECT u.* FROM (SELECT id AS session, organisation, account, unnest(apps) AS app FROM analysis.session WHERE kind <> 'failed') u JOIN temp.telling t ON t.app = u.app;
CREATE OR REPLACE TEMP TABLE app_known AS
  SELECT u.organisation, u.app, u.accounts, coalesce(nullif(p.name, ''), p.app) AS name, row_number() OVER (ORDER BY u.accounts, p.app, u.organisation) AS rank
  FROM (SELECT organisation, app, count(DISTINCT account) AS accounts FROM temp.app_use GROUP BY ALL) u JOIN analysis.app p ON p.id = u.app;
CREATE OR REPLACE TEMP TABLE app_of AS
  SELECT r.session, k.name AS app, k.accounts, o.n AS own FROM (
    SELECT u.session, u.account, min(k.rank) AS rank FROM temp.app_use u JOIN temp.app_known k ON k.organisation = u.organisation AND k.app = u.app GROUP BY ALL) r
  JOIN temp.app_known k ON k.rank = r.rank
  JOIN (SELECT account, app, count(*) AS n FROM temp.app_use GROUP BY ALL) o ON o.account = r.account AND o.app = k.app;
-- the hour on the account's own clock at which sessions begin, and how many others of it begin within three hours of that
CREATE OR REPLACE TEMP TABLE dial AS
  SELECT l.session, l.account, CASE WHEN u.timezone <> '' THEN u.timezone ELSE getvariable('zone') END AS zone, time_bucket(INTERVAL 15 MINUTE, l.started_at) AS quarter -- zones differ by quarters of an hour
  FROM temp.lived l LEFT JOIN analysis.account u ON u.id = l.account WHERE l.started_at IS NOT NULL;
CREATE OR REPLACE TEMP TABLE clock AS
  SELECT d.session, d.account, o.local_hour FROM temp.dial d
  JOIN (SELECT zone, quarter, hour(timezone(zone, timezone('UTC', quarter))) AS local_hour FROM (SELECT DISTINCT zone, quarter FROM temp.dial)) o ON o.zone = d.zone AND o.quarter = d.quarter;
CREATE OR REPLACE TEMP TABLE by_hour AS SELECT account, local_hour, count(*) AS n FROM temp.clock GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE near_hour AS
  SELECT x.account, x.local_hour, sum(y.n) AS n FROM temp.by_hour x JOIN temp.by_hour y ON y.account = x.account
    AND least((x.local_hour - y.local_hour + 24) % 24, (y.local_hour - x.local_hour + 24) % 24) <= 3 GROUP BY ALL;
-- the same account at work in another country within two hours
CREATE OR REPLACE TEMP TABLE travel AS
  WITH far AS (SELECT account FROM temp.by_country GROUP BY account HAVING count(*) > 1),
  hours AS (SELECT DISTINCT l.session, l.account, l.country, l.started_at, l.ended_at,
      unnest(generate_series(date_trunc('hour', l.started_at), l.ended_at + INTERVAL 2 HOUR, INTERVAL 1 HOUR)) AS hour
    FROM temp.lived l JOIN far USING (account) WHERE l.country <> '' AND l.given = '')
  SELECT DISTINCT unnest([x.session, y.session]) AS session FROM hours x JOIN hours y ON y.account = x.account AND y.hour = x.hour AND y.country <> x.country
  WHERE y.started_at <= x.ended_at + INTERVAL 2 HOUR AND x.started_at <= y.ended_at + INTERVAL 2 HOUR;
-- failed logins: of the account from this network before, and of how many accounts from it at any time
CREATE OR REPLACE TEMP TABLE refused AS
  SELECT e.account, coalesce(u.organisation, '') AS organisation, a.network, e."at", e.id
  FROM (SELECT id, "at", account, address FROM temp.event WHERE action = 'failed') e JOIN analysis.address a ON a.id = e.address AND a.public LEFT JOIN analysis.account u ON u.id = e.account;
-- in vain: of those, the accounts that never got in from there; since: when the first was refused. Names that only an
-- identity provider knows, which are of no organisation, count in each, and sessions of no organisation with all
CREATE OR REPLACE TEMP TABLE sprayed AS
  SELECT o.organisation, r.network, count(*) AS accounts, count(*) FILTER (b.account IS NULL) AS in_vain, min(r.since) AS since
  FROM (SELECT organisation, network, account, min("at") AS since FROM temp.refused WHERE account IS NOT NULL GROUP BY ALL) r
  JOIN (SELECT DISTINCT organisation FROM analysis.session) o ON one_house(r.organisation, o.organisation)
  LEFT JOIN temp.by_network b ON b.account = r.account AND b.network = r.network GROUP BY o.organisation, r.network;
CREATE OR REPLACE TEMP TABLE knocked AS
  SELECT l.session, count(*) AS times, list(r.id ORDER BY r."at", r.id)[:20] AS ids FROM temp.lived l JOIN temp.refused r ON r.account = l.account AND r.network = l.network
  WHERE r."at" <= l.started_at GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE mfa_usual AS
  SELECT f.organisation, count(e.mfa) / count(*) AS share FROM temp.base e JOIN evidence.file f ON f.id = e.file
  WHERE e.sort = 'login' AND e.kind IN (SELECT kind FROM temp.base WHERE sort = 'login' AND mfa IS NOT NULL GROUP BY kind) GROUP BY ALL;
-- objects this account touched in no other session
CREATE OR REPLACE TEMP TABLE touch AS
  SELECT n.session, n.account, e.object FROM (SELECT DISTINCT grp, client, object FROM temp.spread WHERE object <> '' AND certain) e
  JOIN temp.numbered n ON n.grp = e.grp AND n.client = e.client;
CREATE OR REPLACE TEMP TABLE fresh_object AS
  SELECT t.session, count(*) AS objects FROM temp.touch t JOIN (SELECT account, object FROM temp.touch GROUP BY ALL HAVING count(*) = 1) o
    ON o.account = t.account AND o.object = t.object GROUP BY ALL;
-- what was changed for the account or its app in the day before
CREATE OR REPLACE TEMP TABLE installed AS
  SELECT a.session, count(*) AS times, list(x.id ORDER BY x.id)[:20] AS ids FROM temp.app_of a JOIN temp.lived l USING (session)
  JOIN temp.setup x ON a.app <> '' AND one_house(x.organisation, l.organisation) AND contains(x.text, lower(a.app)) AND x."at" BETWEEN l.started_at - INTERVAL 1 DAY AND l.started_at + INTERVAL 1 HOUR
  WHERE regexp_matches(x.text, 'install|authoriz|authoris|approv|created|insert|설치|승인|인증|허용') GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE altered AS
  SELECT l.session, count(*) AS times, list(x.id ORDER BY x.id)[:20] AS ids FROM temp.lived l JOIN analysis.account u ON u.id = l.account AND u.username <> ''
  JOIN temp.setup x ON one_house(x.organisation, l.organisation) AND names(x.text, u.username) AND x."at" BETWEEN l.started_at - INTERVAL 1 DAY AND l.started_at
  WHERE regexp_matches(x.text, 'permission|profile|password|api enabled|modify all|view all|role|mfa|verification|권한|프로필|비밀번호|인증') GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE rows_own AS
  SELECT account, max(rows) AS most, coalesce(max(rows, 2)[2], 0) AS second FROM analysis.session WHERE kind <> 'failed' AND account IS NOT NULL GROUP BY account;
CREATE OR REPLACE TEMP TABLE rows_usual AS
  SELECT s.organisation, u.kind, quantile_disc(s.rows, 0.95) AS rows FROM analysis.session s JOIN analysis.account u ON u.id = s.account WHERE s.kind <> 'failed' GROUP BY ALL;
-- published indicators
CREATE OR REPLACE TEMP TABLE ioc_app AS
  SELECT DISTINCT o.session, i.value || ' (' || i.campaign || ')' AS says FROM temp.app_of o JOIN temp.ioc i ON i.type = 'connected_app_name' AND lower(i.value) = lower(o.app) AND i.confidence IN ('high', 'medium');
CREATE OR REPLACE TEMP TABLE ioc_address AS
  SELECT a.id AS place, min(i.value || ' (' || i.campaign || ')') FILTER (i.value = a.address) AS exact, min(i.value || ' (' || i.campaign || ')') AS near
  FROM analysis.address a JOIN temp.ioc i ON i.network = a.network WHERE a.public GROUP BY a.id;
CREATE OR REPLACE TEMP TABLE ioc_tool AS
  SELECT g.id, i.value || ' (' || i.campaign || ')' AS says, i.confidence FROM analysis.agent g JOIN temp.ioc i ON i.type = 'user_agent' AND starts_with(lower(g.agent), lower(i.value));
CREATE OR REPLACE TEMP TABLE ioc_agent AS
  SELECT h.session, min(i.says) AS says, min(i.confidence) AS confidence
  FROM (SELECT id AS session, unnest(agents) AS agent FROM analysis.session WHERE kind <> 'failed') h JOIN temp.ioc_tool i ON i.id = h.agent GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE ioc_asked AS SELECT lower(value) AS value, value || ' (' || campaign || ')' AS says FROM temp.ioc WHERE type = 'soql' AND value NOT ILIKE 'select count()%';
CREATE OR REPLACE TEMP TABLE ioc_text AS
  SELECT t.text, i.says FROM (SELECT DISTINCT text FROM temp.event WHERE length(text) BETWEEN 40 AND 1000) t
  JOIN temp.ioc_asked i ON lower(regexp_replace(t.text, '\s+', ' ', 'g')) = i.value;
CREATE OR REPLACE TEMP TABLE ioc_row AS SELECT e.id, i.says FROM temp.event e JOIN temp.ioc_text i ON i.text = e.text;
CREATE OR REPLACE TEMP TABLE ioc_query AS SELECT x.session, min(i.says) AS says FROM analysis.attribution x JOIN temp.ioc_row i ON i.id = x.event GROUP BY ALL;
-- what is known of an account as a whole
CREATE OR REPLACE TEMP TABLE habit AS
  SELECT s.account, s.n, s.api, hk.country, hk.n AS country_n, hn.network, hn.n AS network_n, ro.most, ro.second, x.exports
  FROM (SELECT account, count(*) AS n, count(*) FILTER (kind IN ('api', 'mixed')) AS api FROM temp.lived GROUP BY account) s
  LEFT JOIN (SELECT account, min(country) AS country, max(n) AS n FROM temp.home_country GROUP BY account) hk ON hk.account = s.account
  LEFT JOIN (SELECT account, min(network) AS network, max(n) AS n FROM temp.home_network GROUP BY account) hn ON hn.account = s.account
  LEFT JOIN temp.rows_own ro ON ro.account = s.account
  LEFT JOIN (SELECT n.account, sum(d.exports) AS exports FROM temp.deed d JOIN temp.numbered n USING (grp, client) GROUP BY ALL) x ON x.account = s.account;
-- what an account's sessions from one address have in common, and those with one agent
CREATE OR REPLACE TEMP TABLE known_place AS
  SELECT p.organisation, p.who, p.place, coalesce(u.kind, 'unknown') AS account_kind, coalesce(a.address, '') AS address, coalesce(a.network, '') AS network,
    coalesce(a.country, '') AS country, a.asn, coalesce(a.holder, '') AS holder, coalesce(a.class, '') AS class, coalesce(a.given, '') AS given,
    coalesce(s.n, 1) - 1 AS own_sessions, coalesce(bn.n - 1, 0) AS own_network, coalesce(bc.n - 1, 0) AS own_holder, coalesce(bk.n - 1, 0) AS own_country,
    coalesce(s.api, 0) AS api, coalesce(s.country, '') AS home_country, hc.account IS NOT NULL OR coalesce(a.given, '') <> '' AS home_holder,
    coalesce(s.n >= 5 AND s.network_n * 5 >= s.n * 4, false) AS settled,
    coalesce(hsn.homes, 0) - CASE WHEN s.network = a.network AND s.network_n > 1 THEN 1 ELSE 0 END AS network_homes,
    coalesce(hsc.homes, 0) - CASE WHEN hc.account IS NOT NULL AND hc.n > 1 THEN 1 ELSE 0 END AS holder_homes,
    coalesce(hsk.homes, 0) - CASE WHEN s.country = a.country AND s.country_n > 1 THEN 1 ELSE 0 END AS country_homes,
    coalesce(na.accounts, 0) AS network_accounts, coalesce(sp.accounts, 0) AS sprayed, coalesce(mu.share, 0) AS mfa_usual, s.most, s.second,
    coalesce(ru.rows, 0) AS rows_usual, coalesce(s.exports, 0) AS exports, coalesce(ia.exact, '') AS ioc_address, coalesce(ia.near, '') AS ioc_network,
    coalesce(sp.in_vain, 0) AS in_vain, coalesce(na.regulars, 0) - CASE WHEN bn.days > 1 THEN 1 ELSE 0 END AS network_regulars,
    coalesce(bn.since < sp.since, false) AS known_before
  FROM (SELECT DISTINCT organisation, who, place FROM temp.stay) p LEFT JOIN analysis.account u ON u.id = p.who
  LEFT JOIN (SELECT *, coalesce(asn::VARCHAR, network) AS carrier FROM analysis.address WHERE public) a ON a.id = p.place
  LEFT JOIN temp.habit s ON s.account = p.who
  LEFT JOIN temp.by_network bn ON bn.organisation = p.organisation AND bn.account = p.who AND bn.network = a.network
  LEFT JOIN temp.by_carrier bc ON bc.organisation = p.organisation AND bc.account = p.who AND bc.carrier = a.carrier
  LEFT JOIN temp.by_country bk ON bk.organisation = p.organisation AND bk.account = p.who AND bk.country = a.country
  LEFT JOIN temp.home_carrier hc ON hc.organisation = p.organisation AND hc.account = p.who AND hc.carrier = a.carrier
  LEFT JOIN temp.homes_network hsn ON hsn.organisation = p.organisation AND hsn.network = a.network
  LEFT JOIN temp.homes_carrier hsc ON hsc.organisation = p.organisation AND hsc.carrier = a.carrier
  LEFT JOIN temp.homes_country hsk ON hsk.organisation = p.organisation AND hsk.country = a.country
  LEFT JOIN (SELECT organisation, network, count(*) AS accounts, count(*) FILTER (days > 1) AS regulars FROM temp.by_network GROUP BY ALL) na
    ON na.organisation = p.organisation AND na.network = a.network
  LEFT JOIN temp.sprayed sp ON sp.organisation = p.organisation AND sp.network = a.network
  LEFT JOIN temp.mfa_usual mu ON mu.organisation = p.organisation
  LEFT JOIN temp.rows_usual ru ON ru.organisation = p.organisation AND ru.kind = u.kind
  LEFT JOIN temp.ioc_address ia ON ia.place = a.id;
CREATE OR REPLACE TEMP TABLE known_tool AS
  SELECT h.organisation, h.who, h.tool, any_value(h.words) AS words, any_value(h.family) AS family, any_value(h.program) AS program, any_value(h.mobile) AS mobile,
    coalesce(any_value(bh.n) - 1, 0) AS own_agent, coalesce(any_value(hs.accounts), 0) AS accounts
  FROM temp.hand h LEFT JOIN temp.by_hand bh ON bh.account = h.account AND bh.family = h.family AND bh.system = h.system
  LEFT JOIN temp.hands hs ON hs.organisation = h.organisation AND hs.family = h.family AND hs.system = h.system GROUP BY ALL;
DELETE FROM analysis.trait;
INSERT INTO analysis.trait
  WITH l AS MATERIALIZED (FROM temp.stay)
  SELECT l.session, l.account, p.account_kind, l.kind, l.started_at, l.ended_at, k.local_hour, p.address, p.network,
    p.country, p.asn, p.holder, p.class, coalesce(h.words, ''), coalesce(h.family, ''), coalesce(h.program, false), coalesce(o.app, ''),
    p.own_sessions, p.own_network, p.own_holder, p.own_country, coalesce(h.own_agent, 0), coalesce(o.own - 1, 0),
    coalesce(nh.n - 1, 0), p.api - CASE WHEN l.kind IN ('api', 'mixed') THEN 1 ELSE 0 END,
    p.home_country, p.home_holder, p.settled, p.network_homes, p.holder_homes, p.country_homes,
    p.network_accounts, coalesce(h.accounts, 0), coalesce(o.accounts, 0), coalesce(kn.times, 0), p.sprayed, t.session IS NOT NULL,
    z.hijack, coalesce(d.login, false), coalesce(d.mfa, ''), p.mfa_usual, z.events, z.rows,
    CASE WHEN p.most = z.rows THEN p.second ELSE p.most END, p.rows_usual, z.bytes,
    coalesce(d.records, 0), coalesce(d.described, 0), coalesce(d.counted, 0), coalesce(d.sampled, 0), coalesce(d.queries, 0), coalesce(d.exports, 0),
    p.exports - coalesce(d.exports, 0), coalesce(d.pages, 0), coalesce(j.jobs, 0), coalesce(d.deleted, 0), coalesce(fo.objects, 0),
    coalesce(ins.times, 0), coalesce(alt.times, 0), p.ioc_address, p.ioc_network, coalesce(ig.says, ''), coalesce(ig.confidence, ''), coalesce(ip.says, ''), coalesce(iq.says, ''),
    coalesce(h.mobile, false) OR p.class = 'mobile', p.given, p.in_vain, p.network_regulars, p.known_before,
    coalesce(ag.after_logout, 0), coalesce(ag.woken, 0)
  FROM l JOIN temp.numbered z ON z.session = l.session
  JOIN temp.known_place p ON p.organisation = l.organisation AND p.who = l.who AND p.place = l.place
  LEFT JOIN temp.known_tool h ON h.organisation = l.organisation AND h.who = l.who AND h.tool = l.tool
  LEFT JOIN temp.clock k ON k.session = l.session
  LEFT JOIN temp.app_of o ON o.session = l.session
  LEFT JOIN temp.near_hour nh ON nh.account = l.account AND nh.local_hour = k.local_hour
  LEFT JOIN temp.knocked kn ON kn.session = l.session
  LEFT JOIN temp.travel t ON t.session = l.session
  LEFT JOIN temp.deed d ON d.grp = l.grp AND d.client = l.client LEFT JOIN temp.job j ON j.grp = l.grp AND j.client = l.client
  LEFT JOIN temp.fresh_object fo ON fo.session = l.session
  LEFT JOIN temp.installed ins ON ins.session = l.session
  LEFT JOIN temp.altered alt ON alt.session = l.session
  LEFT JOIN temp.ioc_agent ig ON ig.session = l.session
  LEFT JOIN temp.ioc_app ip ON ip.session = l.session
  LEFT JOIN temp.ioc_query iq ON iq.session = l.session
  LEFT JOIN temp.again ag ON ag.grp = l.grp AND ag.client = l.client

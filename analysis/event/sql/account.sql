-- a user id with the name most logs give it
CREATE OR REPLACE TEMP TABLE account_known AS
  SELECT organisation, user_id, coalesce(min(nullif(username, '')), '') AS username FROM temp.who
  WHERE user_id <> '' GROUP BY organisation, user_id;
-- which organisation a user id belongs to, for names from sources that do not say
CREATE OR REPLACE TEMP TABLE account_home AS
  SELECT user_id, min(organisation) AS organisation FROM temp.account_known GROUP BY user_id HAVING count(DISTINCT organisation) = 1;
-- everything an account may be called, and where: exports of users that do not say whose they are go by the user id
CREATE OR REPLACE TEMP TABLE account_call AS
  WITH owner AS (SELECT p.* REPLACE (coalesce(nullif(p.organisation, ''), h.organisation, '') AS organisation) FROM temp.person p LEFT JOIN temp.account_home h ON h.user_id = p.user_id)
  SELECT organisation, lower(username) AS name, user_id, 1 AS rank FROM owner WHERE username <> ''
  UNION SELECT organisation, username, user_id, 1 FROM temp.account_known WHERE username <> ''
  UNION SELECT organisation, lower(email), user_id, 2 FROM owner WHERE email <> ''
  UNION SELECT organisation, lower(federation), user_id, 2 FROM owner WHERE federation <> ''
  UNION SELECT organisation, lower(name), user_id, 3 FROM owner WHERE name <> '';
-- a name without an id is the account of that user name, else of that e-mail address, federation id or full name, as
-- long as just one account answers to it: of the organisation that the row names, else of all
CREATE OR REPLACE TEMP TABLE account_name AS
  SELECT o.organisation, c.name, min(c.user_id) AS user_id, max(c.organisation) AS home
  FROM (SELECT DISTINCT organisation FROM temp.who) o JOIN temp.account_call c ON o.organisation = '' OR c.organisation IN ('', o.organisation)
  GROUP BY o.organisation, c.name, c.rank HAVING count(DISTINCT c.user_id) = 1 AND (o.organisation <> '' OR count(DISTINCT nullif(c.organisation, '')) <= 1)
  QUALIFY row_number() OVER (PARTITION BY o.organisation, c.name ORDER BY c.rank) = 1;
CREATE OR REPLACE TEMP TABLE account_who AS
  SELECT w.organisation, w.user_id, w.username,
    CASE WHEN w.organisation <> '' THEN w.organisation WHEN w.user_id <> '' THEN coalesce(h.organisation, '') ELSE coalesce(n.home, '') END AS whole_organisation,
    CASE WHEN w.user_id <> '' THEN w.user_id ELSE coalesce(n.user_id, '') END AS whole_id,
    CASE WHEN w.user_id <> '' OR n.user_id IS NOT NULL THEN '' ELSE w.username END AS bare_name
  FROM (SELECT DISTINCT * FROM temp.who WHERE user_id <> '' OR username <> '') w
  LEFT JOIN temp.account_name n ON n.organisation = w.organisation AND n.name = CASE WHEN w.user_id = '' THEN w.username END
  LEFT JOIN temp.account_home h ON h.user_id = CASE WHEN w.organisation = '' THEN w.user_id END;
-- who each account is, by the export of its own organisation, else by one that does not say whose it is
CREATE OR REPLACE TEMP TABLE account_person AS
  SELECT w.whole_organisation, p.* FROM (SELECT DISTINCT whole_organisation, whole_id FROM temp.account_who WHERE whole_id <> '') w
  JOIN temp.person p ON p.user_id = w.whole_id
  WHERE p.organisation IN ('', w.whole_organisation) OR w.whole_organisation = ''
  QUALIFY row_number() OVER (PARTITION BY w.whole_organisation, p.user_id ORDER BY p.organisation = w.whole_organisation DESC, p.organisation) = 1;
DELETE FROM analysis.account;
INSERT INTO analysis.account
  SELECT row_number() OVER (ORDER BY w.whole_organisation, w.whole_id, w.bare_name), w.whole_organisation, w.whole_id,
    CASE WHEN coalesce(p.username, '') <> '' THEN lower(p.username) WHEN w.bare_name <> '' THEN w.bare_name ELSE coalesce(k.username, '') END AS username,
    CASE WHEN coalesce(p.name, '') <> '' THEN p.name ELSE coalesce(trim(concat_ws(' ', p.first, p.last)), '') END,
    coalesce(p.role, ''),
    CASE
      WHEN regexp_matches(lower(concat_ws(' ', p.role, p.type, p.username, k.username)), 'automated.?process|autoproc|cloudintegrationuser|platform integration|insights (integration|security)|license.?manager') THEN 'system'
      WHEN regexp_matches(lower(concat_ws(' ', p.role, p.type)), 'integration|api.?only|interface|connector|middleware|batch|연동|통합|인터페이스|連携|集成|接口')
        OR regexp_matches(lower(CASE WHEN coalesce(p.username, '') <> '' THEN p.username ELSE coalesce(nullif(w.bare_name, ''), k.username, '') END), '^(svc|service|api|int|integration|batch|sync|etl)[-._]|[-._](svc|api|integration|sync|etl)@') THEN 'integration'
      WHEN regexp_matches(lower(coalesce(p.role, '')), 'admin|관리자|管理者|管理员|管理員|システム') THEN 'admin'
      WHEN p.user_id IS NOT NULL THEN 'employee'
      ELSE 'unknown' END,
    coalesce(p.timezone, ''), coalesce(p.locale, '')
  FROM (SELECT DISTINCT whole_organisation, whole_id, bare_name FROM temp.account_who) w
  LEFT JOIN temp.account_known k ON k.user_id = w.whole_id AND k.user_id <> '' AND k.organisation = w.whole_organisation
  LEFT JOIN temp.account_person p ON p.user_id = w.whole_id AND p.whole_organisation = w.whole_organisation;
CREATE OR REPLACE TEMP TABLE account_of AS
  SELECT w.organisation, w.user_id, w.username, a.id FROM temp.account_who w JOIN analysis.account a
    ON a.organisation = w.whole_organisation AND a.user_id = w.whole_id AND (w.whole_id <> '' OR a.username = w.bare_name);
DROP TABLE temp.account_known;
DROP TABLE temp.account_call;
DROP TABLE temp.account_person;
DROP TABLE temp.account_name;
DROP TABLE temp.account_home;
DROP TABLE temp.account_who;

WITH marked AS (
  SELECT t.* FROM analysis.trait t JOIN analysis.verdict v ON v.session = t.session AND v.verdict = 'attacker'),
fair AS (  -- marked legitimate, or at home and unmarked
  SELECT t.*, v.verdict = 'legitimate' AS said FROM analysis.trait t LEFT JOIN analysis.verdict v ON v.session = t.session
  WHERE v.verdict = 'legitimate' OR (v.verdict IS NULL AND t.home_holder AND NOT t.hijack)),
doubt AS (
  SELECT m.session, 'address' AS trait, m.address AS value, arg_min(f.session, f.session, 20) AS sessions, count(*) AS n, count(DISTINCT f.account) AS accounts
  FROM marked m JOIN fair f ON f.address = m.address WHERE m.address <> '' GROUP BY ALL
  UNION ALL
  SELECT m.session, 'network', m.network, arg_min(f.session, f.session, 20), count(*), count(DISTINCT f.account)
  FROM marked m JOIN fair f ON f.network = m.network AND f.address <> m.address WHERE m.network <> '' GROUP BY ALL
  UNION ALL
  SELECT m.session, 'app', m.app, arg_min(f.session, f.session, 20), count(*), count(DISTINCT f.account)
  FROM marked m JOIN fair f ON f.app = m.app WHERE m.app <> '' GROUP BY ALL
  UNION ALL
  SELECT m.session, 'client', m.agent || ' at ' || m.network, arg_min(f.session, f.session, 20), count(*), 1
  FROM marked m JOIN fair f ON f.account = m.account AND f.agent = m.agent AND f.network = m.network WHERE m.agent <> '' AND m.network <> '' GROUP BY ALL)
SELECT session, trait, value, sessions,
  'the ' || trait || ' ' || value || ' of this session occurs in ' || n || ' legitimate session(s) of ' || accounts || ' account(s) too',
  '이 세션의 ' || value || '은(는) 계정 ' || accounts || '개의 정상 세션 ' || n || '개에도 나타납니다'
FROM doubt ORDER BY session, trait, value

WITH marked AS (
  SELECT t.*, s.session_id, coalesce(u.username, '') AS name FROM analysis.trait t JOIN analysis.session s ON s.id = t.session
  JOIN analysis.verdict v ON v.session = t.session AND v.verdict = 'attacker' LEFT JOIN analysis.account u ON u.id = t.account),
fair AS (  -- marked legitimate, or not marked and at home
  SELECT t.*, coalesce(v.verdict = 'legitimate', false) AS said FROM analysis.trait t LEFT JOIN analysis.verdict v ON v.session = t.session
  WHERE v.verdict = 'legitimate' OR (v.verdict IS NULL AND t.home_holder AND NOT t.hijack)),
doubt AS (
  SELECT m.session, 'address' AS trait, m.address AS value, arg_min(f.session, f.session, 20) AS sessions, count(*) AS n, count(*) FILTER (f.said) AS said, count(DISTINCT f.account) AS accounts
  FROM marked m JOIN fair f ON f.address = m.address WHERE m.address <> '' GROUP BY ALL
  UNION ALL
  SELECT m.session, 'network', m.network, arg_min(f.session, f.session, 20), count(*), count(*) FILTER (f.said), count(DISTINCT f.account)
  FROM marked m JOIN fair f ON f.network = m.network AND f.address <> m.address WHERE m.network <> '' GROUP BY ALL
  UNION ALL
  SELECT m.session, 'app', m.app, arg_min(f.session, f.session, 20), count(*), count(*) FILTER (f.said), count(DISTINCT f.account)
  FROM marked m JOIN fair f ON f.app = m.app WHERE m.app <> '' GROUP BY ALL
  UNION ALL
  SELECT m.session, 'client', m.agent || ' at ' || m.network, arg_min(f.session, f.session, 20), count(*), count(*) FILTER (f.said), 1
  FROM marked m JOIN fair f ON f.account = m.account AND f.agent = m.agent AND f.network = m.network WHERE m.agent <> '' AND m.network <> '' GROUP BY ALL)
SELECT d.session, m.session_id, m.name, d.trait, d.value, d.sessions,
  'session ' || left(m.session_id, 8) || ' of ' || m.name || ' is marked attacker, but its ' || d.trait || ' ' || d.value || ' also occurs where nothing is marked attacker: sessions ' || num(d.n)
    || ', accounts ' || num(d.accounts) || CASE WHEN d.said > 0 THEN ', sessions marked legitimate ' || num(d.said) ELSE '' END,
  m.name || '의 세션 ' || left(m.session_id, 8) || '은(는) 공격자로 표시되었지만, ' || d.value || '은(는) 공격자로 표시되지 않은 계정 ' || num(d.accounts) || '개의 세션 ' || num(d.n)
    || '개에도 나타납니다' || CASE WHEN d.said > 0 THEN ' (그중 ' || num(d.said) || '개는 정상으로 표시됨)' ELSE '' END
FROM doubt d JOIN marked m USING (session) ORDER BY ALL

WITH marked AS (
  SELECT s.*, coalesce(u.username, '') AS name FROM analysis.session s JOIN analysis.verdict v ON v.session = s.id AND v.verdict = 'attacker'
  LEFT JOIN analysis.account u ON u.id = s.account WHERE ($1 = 0 OR s.account = $1)),
network AS (SELECT DISTINCT a.network FROM (SELECT unnest(addresses) AS id FROM marked) m JOIN analysis.address a USING (id) WHERE a.public),
knock AS (  -- one act told by two logs counts once: by account and second
  SELECT a.network, e.account, date_trunc('second', e."at") AS second, min(e.id) AS id, min(e."at") AS "at"
  FROM analysis.event e JOIN analysis.address a ON a.id = e.address JOIN network n ON n.network = a.network
  WHERE e.action = 'failed' AND ($1 = 0 OR e.account = $1) GROUP BY ALL),
act AS (
  SELECT m.id AS session, m.name, e.id, e."at", e.rows, e.text, e.object, e.action, e.kind,
    CASE WHEN e.action = 'bulk' AND (regexp_matches(e.status, '(?i)delete') OR (e.method = 'DELETE' AND regexp_matches(e.target, '/jobs/'))) THEN 'deleted'
      WHEN e.action = 'describe' OR regexp_matches(e.text, '(?i)^\s*select\s+count\(') THEN 'recon'
      WHEN e.kind LIKE '%ReportExport%' THEN 'export' WHEN e.action = 'bulk' THEN 'bulk'
      WHEN e.action IN ('query', 'report', 'listview', 'search') THEN 'read' WHEN e.action IN ('record', 'page') AND e.record IS NOT NULL THEN 'view' END AS what
  FROM marked m JOIN analysis.attribution x ON x.session = m.id JOIN analysis.event e ON e.id = x.event WHERE x.certain),
line AS (
  SELECT min("at") AS "at", 0 AS session, '' AS name, 'knock' AS what,
    'failed logins from ' || network || ': ' || num(count(*)) || ', accounts: ' || num(count(DISTINCT account)) || ', until ' || strftime(max("at"), '%Y-%m-%d %H:%M') || ' UTC' AS words,
    network || '에서 계정 ' || num(count(DISTINCT account)) || '개에 로그인 ' || num(count(*)) || '회 실패 (UTC ' || strftime(max("at"), '%Y-%m-%d %H:%M') || '까지)' AS words_ko,
    arg_min(id, id, 20) AS ids
  FROM knock GROUP BY network
  UNION ALL
  SELECT m.started_at, m.id, m.name, 'login',
    CASE WHEN m.hijack THEN 'a running session of ' || m.name || ' is taken over' ELSE 'session of ' || m.name || ' begins' END
      || coalesce(' from ' || t.address || CASE WHEN t.country <> '' THEN ' (' || t.country || coalesce(', ' || nullif(t.holder, ''), '') || ')' ELSE '' END, '') || CASE WHEN t.agent <> '' THEN ' with ' || t.agent ELSE '' END,
    CASE WHEN m.hijack THEN m.name || '의 진행 중인 세션이 탈취됨' ELSE m.name || '의 세션 시작' END || coalesce(': ' || t.address || CASE WHEN t.country <> '' THEN ' (' || t.country || ')' ELSE '' END, ''),
    coalesce(p.ev_first, [])
  FROM marked m LEFT JOIN analysis.trait t ON t.session = m.id LEFT JOIN analysis.proof p ON p.session = m.id WHERE m.kind <> 'failed'
  UNION ALL
  SELECT min("at"), session, any_value(name), what,
    CASE what WHEN 'recon' THEN 'looks around: ' || num(count(*)) || ' descriptions and counts' WHEN 'read' THEN 'reads: ' || num(count(*)) || ' queries, reports and lists, ' || num(coalesce(sum(greatest(rows, 0)), 0)) || ' rows in the logs'
      WHEN 'view' THEN 'opens records one by one: ' || num(count(*)) WHEN 'export' THEN 'exports reports: ' || num(count(*))
      WHEN 'bulk' THEN 'runs bulk jobs, up to ' || num(coalesce(max(rows), 0)) || ' rows' ELSE 'deletes bulk jobs: ' || num(count(*)) END,
    CASE what WHEN 'recon' THEN '정찰: 구조 조회와 건수 조회 ' || num(count(*)) || '회' WHEN 'read' THEN '조회: 질의·보고서·목록 ' || num(count(*)) || '건, 로그상 ' || num(coalesce(sum(greatest(rows, 0)), 0)) || '행'
      WHEN 'view' THEN '레코드 ' || num(count(*)) || '건을 하나씩 열람' WHEN 'export' THEN '보고서 ' || num(count(*)) || '건 내보내기'
      WHEN 'bulk' THEN '대량 작업 실행, 최대 ' || num(coalesce(max(rows), 0)) || '행' ELSE '대량 작업 ' || num(count(*)) || '건 삭제' END,
    arg_min(id, ("at", id), 20)
  FROM act WHERE what IS NOT NULL GROUP BY session, what
  UNION ALL
  SELECT m.ended_at, m.id, m.name, 'end', 'last action in the session of ' || m.name || '; it ends by ' || m.ended_by,
    m.name || ' 세션의 마지막 행위; 종료: ' || CASE m.ended_by WHEN 'logout' THEN '로그아웃' WHEN 'revocation' THEN '접근 철회' WHEN 'silence' THEN '무활동' ELSE '로그의 끝' END,
    coalesce((SELECT arg_max(a.id, (a."at", a.id), 1) FROM act a WHERE a.session = m.id), [])
  FROM marked m WHERE m.kind <> 'failed')
SELECT "at", session, name, what, words, words_ko, ids FROM line WHERE "at" IS NOT NULL
ORDER BY "at", session, list_position(['knock', 'login', 'recon', 'read', 'view', 'export', 'bulk', 'deleted', 'end'], what)

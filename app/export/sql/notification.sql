-- One row a person: where to write to, in which language, and what was exposed, in words. Nothing else.
WITH part AS (SELECT n, key FROM export_notification_key WHERE n > $from AND n <= $to),
channel AS (/*channels*/),
reached AS (
  SELECT person, coalesce(min_by(name, record) FILTER (name <> ''), '') AS name, coalesce(min_by(email, record) FILTER (email <> ''), '') AS email,
    coalesce(min_by(phone, record) FILTER (phone <> ''), '') AS phone, coalesce(min_by(address, record) FILTER (address <> ''), '') AS address,
    coalesce(min_by(spoken, record) FILTER (spoken <> ''), '') AS spoken
  FROM channel GROUP BY person
), told AS (
  SELECT part.n, p.name, coalesce(c.email, '') AS email, coalesce(c.phone, '') AS phone, coalesce(c.address, '') AS address, p.residence, a.list, a.categories,
    coalesce((SELECT min(language) FROM export_languages l WHERE l.language = lower(left(coalesce(c.spoken, ''), 2))),
      CASE WHEN p.residence = 'KR' THEN 'ko' WHEN p.residence = 'JP' THEN 'ja' WHEN p.residence IN ('CN', 'TW', 'HK', 'MO') THEN 'zh'
        WHEN p.residence IN ('FR', 'MC') THEN 'fr' ELSE 'en' END) AS language
  FROM part JOIN analysis.person p ON p.id = part.key JOIN analysis.affected a ON a.person = part.key LEFT JOIN reached c ON c.person = part.key
), worded AS (
  SELECT x.n, array_to_string(list(coalesce(w.words, x.category) ORDER BY coalesce(w.place, 99), x.category), ', ') AS words
  FROM (SELECT n, language, unnest(categories) AS category FROM told) x LEFT JOIN export_words w ON w.category = x.category AND w.language = x.language
  GROUP BY x.n
)
SELECT t.n, t.name AS "Name", t.email AS "Email", t.phone AS "Phone", t.address AS "Address", t.residence AS "Country", t.language AS "Language",
  t.list AS "Notice", coalesce(w.words, '') AS "Exposed"
FROM told t LEFT JOIN worded w ON w.n = t.n
ORDER BY t.n

-- step: counts
SELECT a.list, p.kind, count(DISTINCT p.cluster), count(*), sum(a.most)::BIGINT
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
WHERE ($residents IS NULL OR list_contains($residents, p.residence)) AND ($region = '' OR p.region = $region)
GROUP BY ALL ORDER BY ALL

-- step: nobody
-- records on a list that belong to nobody known
SELECT r.object, e.list, count(*) FROM analysis.exposure e JOIN analysis.record r ON r.id = e.record
WHERE e.list <> 'cleared' AND e.record NOT IN (SELECT record FROM analysis.person_record)
GROUP BY ALL ORDER BY ALL

-- step: matrix
SELECT a.list, list_sort(a.categories) AS categories, p.residence, count(*) AS persons
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
WHERE p.kind = 'person' GROUP BY ALL ORDER BY a.list, persons DESC, categories, p.residence

-- step: freeze
INSERT INTO journal.list_entry
SELECT $version, p.person_id, a.list, a.grade, a.act, p.residence, a.fields, a.possible_fields,
  list(r.record_id ORDER BY r.record_id)
FROM analysis.affected a JOIN analysis.person p ON p.id = a.person
JOIN analysis.person_record o ON o.person = p.id AND o.holding = 'own' JOIN analysis.record r ON r.id = o.record
WHERE p.kind = 'person' AND a.list <> 'cleared'
GROUP BY ALL

-- step: earlier
-- the list of people of an earlier export; its records are ids joined by ';'
INSERT INTO journal.list_entry
SELECT $version, person_id, list, '', '', '', [], [], string_split(records, ';')
FROM read_csv($path, all_varchar = true, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = $columns)

-- step: versions
SELECT v.version, v."at", v.reason, v.incident, v.entry, count(e.version)
FROM journal.list_version v LEFT JOIN journal.list_entry e USING (version) GROUP BY ALL ORDER BY v.version

-- step: changes
-- Two versions are compared by the records of the persons: merging differently in between does not make a person new.
WITH old AS (SELECT *, row_number() OVER () AS n FROM journal.list_entry WHERE version = $old),
new AS (SELECT *, row_number() OVER () AS n FROM journal.list_entry WHERE version = $new),
pair AS (SELECT DISTINCT o.n AS o, w.n AS w FROM (SELECT n, unnest(records) AS record FROM old) o JOIN (SELECT n, unnest(records) AS record FROM new) w USING (record)),
both_ AS (
  SELECT coalesce(new.person_id, old.person_id) AS person_id, old.list AS old_list, new.list AS new_list, old.grade AS old_grade, new.grade AS new_grade,
    list_filter(coalesce(new.fields, []), lambda x: NOT list_contains(coalesce(old.fields, []), x)) AS more,
    list_filter(coalesce(old.fields, []), lambda x: NOT list_contains(coalesce(new.fields, []), x)) AS less
  FROM pair JOIN old ON old.n = pair.o JOIN new ON new.n = pair.w
  UNION ALL SELECT person_id, NULL, list, NULL, grade, fields, [] FROM new WHERE n NOT IN (SELECT w FROM pair)
  UNION ALL SELECT person_id, list, NULL, grade, NULL, [], fields FROM old WHERE n NOT IN (SELECT o FROM pair))
SELECT person_id, CASE WHEN old_list IS NULL THEN 'added' WHEN new_list IS NULL THEN 'removed' WHEN old_list <> new_list THEN 'moved'
                       WHEN old_grade <> new_grade THEN 'regraded' ELSE 'fields' END AS change,
  coalesce(old_list, '') AS old_list, coalesce(new_list, '') AS new_list, coalesce(old_grade, '') AS old_grade, coalesce(new_grade, '') AS new_grade,
  array_to_string(more, ';') AS more, array_to_string(less, ';') AS less
FROM both_ WHERE change <> 'fields' OR more <> [] OR less <> []

-- step: again
-- persons on a list of this case who were on one of an earlier incident
WITH listed AS (SELECT v.incident, e.list, unnest(e.records) AS record_id
  FROM journal.list_entry e JOIN journal.list_version v USING (version) WHERE v.incident <> '')
SELECT DISTINCT p.person_id, l.incident, l.list
FROM listed l JOIN analysis.record r USING (record_id) JOIN analysis.person_record o ON o.record = r.id AND o.holding = 'own'
JOIN analysis.affected a ON a.person = o.person AND a.list <> 'cleared' JOIN analysis.person p ON p.id = o.person
ORDER BY ALL

-- records of one object, with the signature and the filled ones among the fields asked for
CREATE OR REPLACE TEMP TABLE scope_known AS
SELECT x.record, x.signature, x.present{filled words}
FROM scope_record x JOIN (
  SELECT signature{asked words} FROM (SELECT signature, list_concat(shown, weakly) AS asked FROM scope_signature)
  WHERE signature IN (SELECT record FROM scope_record WHERE object = {object})
) s ON s.signature = x.signature
JOIN analysis.record r ON r.id = x.record {table}
WHERE x.object = {object};
CREATE OR REPLACE TEMP TABLE scope_alike AS
SELECT k.*, ((SELECT coalesce(max(id), 0) FROM analysis.listing) + row_number() OVER (ORDER BY {same}))::INTEGER AS listing
FROM (SELECT DISTINCT {same} FROM scope_known) k;

INSERT INTO analysis.listing
WITH counted AS (
  SELECT *, CASE WHEN list_contains(shown, '*') THEN filled ELSE list_filter(filled, f -> list_contains(shown, f)) END AS fields,
    list_concat(
      CASE WHEN list_contains(weakly, '*') THEN filled ELSE list_filter(filled, f -> list_contains(weakly, f)) END,
      list_filter(list_concat(shown, weakly), f -> f <> '*' AND NOT list_contains({all}, f)),
      CASE WHEN present THEN [] WHEN list_contains(shown, '*') THEN {all} ELSE list_filter(shown, f -> f <> '*') END) AS perhaps
  FROM (SELECT k.*, s.* EXCLUDE (signature), {filled} AS filled FROM scope_alike k JOIN scope_signature s ON s.signature = k.signature)
)
SELECT listing, CASE class WHEN 1 THEN 'confirmed' ELSE 'possible' END, ['recorded', 'replayed', 'bounded', 'reachable'][rank],
  CASE WHEN acquired THEN 'acquired' ELSE 'viewed' END,
  list_sort(fields), list_sort(list_filter(list_distinct(perhaps), f -> NOT list_contains(fields, f))), sessions, queries, first_at, last_at, why
FROM counted ORDER BY listing;

INSERT INTO analysis.listed
SELECT k.record, a.listing FROM scope_known k JOIN scope_alike a USING ({same}) ORDER BY k.record;

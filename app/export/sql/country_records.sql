-- The records of the people of one country.
WITH whose AS (SELECT n, unnest(string_split(person_id, ';')) AS person_id FROM export_records)
SELECT row_number() OVER () AS n, * EXCLUDE (n) FROM (
  SELECT * FROM export_records WHERE n IN (SELECT w.n FROM whose w JOIN export_country_people p ON p.person_id = w.person_id) ORDER BY n)

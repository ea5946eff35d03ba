-- The people of one country.
SELECT row_number() OVER () AS n, * EXCLUDE (n) FROM (SELECT * FROM export_people WHERE residence = $residence ORDER BY n)

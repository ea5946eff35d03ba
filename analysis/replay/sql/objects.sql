-- Objects of the snapshot for one organisation; a table that does not say whose it is serves every organisation.
SELECT object, max(prefix), max(key_column), max(created_column), max(modified_column), max(deleted_column), max(name_column),
       max(taken_at), count(*) > 1 OR (SELECT count(*) FROM evidence.file f WHERE f.object = o.object AND f.state = 'loaded') > 1, count(*) > 1
FROM snapshot.object o
WHERE ?1 = '' OR organisation IN ('', ?1)
GROUP BY object
ORDER BY object

SELECT id, address FROM analysis.address WHERE public ORDER BY id

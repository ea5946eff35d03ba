DROP TABLE IF EXISTS temp.scope_known;
DROP TABLE IF EXISTS temp.scope_alike;
DROP TABLE temp.scope_record;
DROP TABLE temp.scope_signature;

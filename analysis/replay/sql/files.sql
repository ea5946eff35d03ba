-- Files opened or downloaded, and the records they hang on. Own staff and libraries are nobody's data.
CREATE OR REPLACE TEMP TABLE file_access AS
WITH known AS (
  SELECT s.id, s."at", s.object, left(s.record_id, 15) AS file FROM single s WHERE s.object IN ('ContentVersion', 'ContentDocument', 'Attachment', 'Document')
), named AS (
  FROM known UNION SELECT k.id, k."at", k.object, v.document FROM known k JOIN document_of v ON v.version = k.file
)
SELECT n.id, r.id AS rec, r.object, bool_or(coalesce(h.since <= n."at" + INTERVAL 1 SECOND, true)) AS hung
FROM named n JOIN hangs h ON h.file = n.file JOIN analysis.record r ON r.record_id = id18(h.record)
WHERE r.object NOT IN ('User', 'Group', 'Organization', 'ContentVersion', 'ContentDocument')
GROUP BY ALL;

INSERT INTO temp.staged
SELECT f.id, f.rec, CASE WHEN f.hung AND s.certain THEN 'replayed' ELSE 'bounded' END,
       CASE WHEN NOT s.certain THEN 'a file that hangs on this record was read, but the log row may belong to another session'
            WHEN NOT f.hung THEN 'a file was read that was hung on this record later'
            WHEN s.acquired THEN 'a file that hangs on this record was downloaded' ELSE 'a file that hangs on this record was opened' END
FROM file_access f JOIN single s ON s.id = f.id;

INSERT INTO analysis.query_field
SELECT DISTINCT f.id, f.object, CASE WHEN s.object IN ('Attachment', 'Document') THEN s.object ELSE 'ContentDocument' END FROM file_access f JOIN single s ON s.id = f.id;

UPDATE analysis.query q SET rows_extra = coalesce(n.records, 0),
  why = CASE WHEN q.act = 'acquired' THEN 'the log names the file downloaded; ' ELSE 'the log names the file opened; ' END
        || CASE WHEN n.records IS NULL THEN 'which customer it hangs on is not known' ELSE 'it hangs on ' || n.records || CASE WHEN n.records = 1 THEN ' record' ELSE ' records' END END
FROM (SELECT s.id, nullif(count(DISTINCT f.rec), 0) AS records FROM single s LEFT JOIN file_access f ON f.id = s.id
      WHERE s.object IN ('ContentVersion', 'ContentDocument', 'Attachment', 'Document') GROUP BY s.id) n
WHERE q.id = n.id;

DROP TABLE temp.single;
DROP TABLE temp.file_access;
DROP TABLE temp.hangs;
DROP TABLE temp.document_of;

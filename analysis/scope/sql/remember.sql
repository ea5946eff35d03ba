DELETE FROM analysis.exposure_before;
INSERT INTO analysis.exposure_before
SELECT r.object, r.record_id, e.list, e.grade FROM analysis.exposure e JOIN analysis.record r ON r.id = e.record ORDER BY r.object, r.record_id;

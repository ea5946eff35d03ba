DELETE FROM analysis.record;
DELETE FROM analysis.query;
DELETE FROM analysis.query_event;
DELETE FROM analysis.query_field;
DELETE FROM analysis.touch;
DELETE FROM analysis.ground;
DELETE FROM analysis.answer;
DELETE FROM analysis.query_answer;

DELETE FROM analysis.agent;
INSERT INTO analysis.agent
  SELECT row_number() OVER (ORDER BY agent), agent, family, words, engine, nullif(major, 0), system, mobile, code FROM temp.agent_seen;
DROP TABLE temp.agent_seen;

CREATE OR REPLACE TEMP TABLE agent_seen AS
  SELECT unnest($1::VARCHAR[]) AS agent, unnest($2::VARCHAR[]) AS family, unnest($3::VARCHAR[]) AS engine,
    unnest($4::VARCHAR[]) AS system, unnest($5::VARCHAR[]) AS words, unnest($6::BIGINT[]) AS major,
    unnest($7::BOOLEAN[]) AS code, unnest($8::BOOLEAN[]) AS mobile

CREATE OR REPLACE TEMP TABLE address_seen AS
  SELECT unnest($1::VARCHAR[]) AS address, unnest($2::VARCHAR[]) AS forwarded, unnest($3::VARCHAR[]) AS plain,
    unnest($4::BOOLEAN[]) AS public, unnest($5::VARCHAR[]) AS network, unnest($6::VARCHAR[]) AS country,
    unnest($7::BIGINT[]) AS asn, unnest($8::VARCHAR[]) AS holder, unnest($9::VARCHAR[]) AS class,
    unnest($10::VARCHAR[]) AS given, unnest($11::VARCHAR[]) AS given_name

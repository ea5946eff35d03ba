DELETE FROM analysis.address;
INSERT INTO analysis.address
  SELECT row_number() OVER (ORDER BY plain), plain, any_value(public), any_value(network), any_value(country),
    nullif(any_value(asn), 0), any_value(holder), any_value(class), any_value(given), any_value(given_name)
  FROM temp.address_seen WHERE plain <> '' GROUP BY plain;
CREATE OR REPLACE TEMP TABLE address_of AS
  SELECT s.address, s.forwarded, a.id FROM temp.address_seen s JOIN analysis.address a ON a.address = s.plain;
DROP TABLE temp.address_seen;

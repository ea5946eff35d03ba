-- which client an account at an address is; groups with one client only are not listed
CREATE OR REPLACE TEMP TABLE client AS
  SELECT n.grp, n.account, n.address, n.kin, c.client, n.first_at, n.last_at, n.mobile FROM temp.node n JOIN temp.node_client c ON c.node = n.id;
CREATE OR REPLACE TEMP TABLE shared AS SELECT grp FROM temp.client GROUP BY grp HAVING count(DISTINCT client) > 1

-- the distinct clients in every raw table, numbered as the logs are; said: the organisation that row or file name
CREATE OR REPLACE TEMP TABLE client (log INTEGER, said VARCHAR, "user" VARCHAR, username VARCHAR, delegate VARCHAR, delegate_name VARCHAR,
  address VARCHAR, forwarded VARCHAR, agent VARCHAR, app VARCHAR, app_name VARCHAR, login VARCHAR, token VARCHAR, organisation VARCHAR)

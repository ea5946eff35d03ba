CREATE OR REPLACE TEMP TABLE who (organisation VARCHAR, user_id VARCHAR, username VARCHAR);
CREATE OR REPLACE TEMP TABLE seen_address (address VARCHAR, forwarded VARCHAR);
CREATE OR REPLACE TEMP TABLE seen_agent (agent VARCHAR);
CREATE OR REPLACE TEMP TABLE seen_app (app VARCHAR, name VARCHAR);
CREATE OR REPLACE TEMP TABLE seen_login (organisation VARCHAR, login_key VARCHAR);
CREATE OR REPLACE TEMP TABLE seen_token (organisation VARCHAR, session_key VARCHAR);

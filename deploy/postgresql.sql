-- A database for Nightlight on this machine. Run once, as the database's administrator:
--     runuser -u postgres -- psql -f deploy/postgresql.sql
-- The operating system's user "nightlight" then signs in through the socket, without a password (Debian's "peer").
-- On another machine: give the role a password, and let pg_hba.conf admit it by scram-sha-256 over TLS only.

CREATE ROLE nightlight LOGIN;
CREATE DATABASE nightlight OWNER nightlight ENCODING 'UTF8' TEMPLATE template0;

-- Nobody else may use it.
REVOKE ALL ON DATABASE nightlight FROM PUBLIC;

-- 2 web processes with up to 16 connections each, 2 workers with 5, a backup, and room for you.
ALTER ROLE nightlight CONNECTION LIMIT 60;

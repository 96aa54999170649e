-- The two roles that the product works under. Neither owns anything, neither can bypass row-level
-- security. openchair_app is the login; it sees one tenant at a time. openchair_system has no login;
-- the app becomes it (SET LOCAL ROLE) for a named reason, and it holds only what is granted below.
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'openchair_app') THEN
        CREATE ROLE openchair_app LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'openchair_system') THEN
        CREATE ROLE openchair_system NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    -- Also where somebody made the roles before: an app role that inherits would hold the rights of
    -- openchair_system all the time.
    ALTER ROLE openchair_app NOINHERIT;
    IF current_setting('server_version_num')::int >= 160000 THEN
        EXECUTE 'GRANT openchair_system TO openchair_app WITH INHERIT FALSE, SET TRUE';
    ELSE
        GRANT openchair_system TO openchair_app;
    END IF;
END
$$;

CREATE EXTENSION IF NOT EXISTS btree_gist;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO openchair_app, openchair_system;

-- The tenant of the running transaction. STABLE and without arguments: evaluated once per query.
-- No setting, no tenant, no rows.
CREATE FUNCTION current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.tenant_id', true), '')::uuid;
GRANT EXECUTE ON FUNCTION current_tenant() TO openchair_app, openchair_system;

-- Puts the second lock on a tenant table. Called once for each, right where it is created.
CREATE PROCEDURE lock_to_tenant(target regclass, app_grants text, system_grants text DEFAULT NULL)
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
        'CREATE POLICY one_tenant ON %s TO openchair_app
             USING (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))
             WITH CHECK (tenant_id = (SELECT nullif(current_setting(''app.tenant_id'', true), '''')::uuid))',
        target);
    EXECUTE format('GRANT %s ON %s TO openchair_app', app_grants, target);
    IF system_grants IS NOT NULL THEN
        EXECUTE format(
            'CREATE POLICY named_reason ON %s TO openchair_system USING (true) WITH CHECK (true)',
            target);
        EXECUTE format('GRANT %s ON %s TO openchair_system', system_grants, target);
    END IF;
END
$$;

CREATE TABLE tenants (
    id                 uuid PRIMARY KEY,
    slug               text NOT NULL,
    name               text NOT NULL,
    kind               text NOT NULL CHECK (kind IN ('clinic', 'spa', 'barbershop', 'salon')),
    country            text NOT NULL,
    time_zone          text NOT NULL,
    currency           text NOT NULL,
    locale             text NOT NULL,
    hue                smallint NOT NULL CHECK (hue BETWEEN 0 AND 359),
    plan               text NOT NULL,
    trial_ends_at      timestamptz,
    require_two_factor boolean NOT NULL DEFAULT false,
    version            integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    CONSTRAINT tenants_slug_taken UNIQUE (slug)
);
-- The root of every tenant table carries its key as `id`, so it has its policies written out.
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY one_tenant ON tenants TO openchair_app
    USING (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))
    WITH CHECK (id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
CREATE POLICY named_reason ON tenants TO openchair_system USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON tenants TO openchair_app;
GRANT SELECT, INSERT, UPDATE ON tenants TO openchair_system;

CREATE TABLE roles (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    name        text NOT NULL,
    name_key    text NOT NULL,
    permissions text[] NOT NULL,
    version     integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_name_taken UNIQUE (tenant_id, name_key)
);
CALL lock_to_tenant('roles', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT');

CREATE TABLE memberships (
    tenant_id      uuid NOT NULL REFERENCES tenants (id),
    id             uuid NOT NULL,
    user_id        uuid NOT NULL REFERENCES users (id),
    -- A built-in role, or 'custom' with the role that the tenant composed.
    role           text NOT NULL CHECK (role IN ('owner', 'manager', 'receptionist', 'provider', 'custom')),
    custom_role_id uuid,
    -- When the person was last in this tenant, to the minute.
    last_seen_at   timestamptz,
    version        integer NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT memberships_once UNIQUE (tenant_id, user_id),
    CONSTRAINT memberships_custom_role FOREIGN KEY (tenant_id, custom_role_id) REFERENCES roles (tenant_id, id),
    CHECK ((role = 'custom') = (custom_role_id IS NOT NULL))
);
CREATE INDEX memberships_by_user ON memberships (user_id);
CALL lock_to_tenant('memberships', 'SELECT, UPDATE, DELETE', 'SELECT, INSERT, DELETE, UPDATE (last_seen_at)');

-- A tenant's people by name: the app role sees the logins that have a place in its tenant, and of
-- those only what a team list shows.
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY team_mates ON users FOR SELECT TO openchair_app
    USING (EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = users.id));
CREATE POLICY named_reason ON users TO openchair_system USING (true) WITH CHECK (true);
GRANT SELECT (id, name, email, email_key, locale, email_verified_at, totp_confirmed_at) ON users TO openchair_app;

CREATE TABLE invitations (
    tenant_id          uuid NOT NULL REFERENCES tenants (id),
    id                 uuid NOT NULL,
    email              text NOT NULL,
    email_key          text NOT NULL,
    role               text NOT NULL CHECK (role IN ('owner', 'manager', 'receptionist', 'provider', 'custom')),
    custom_role_id     uuid,
    token_hash         bytea NOT NULL,
    invited_by         text NOT NULL,
    -- Who answers for it. When this login goes from the team, the invitation goes too.
    invited_by_user_id uuid REFERENCES users (id),
    created_at         timestamptz NOT NULL,
    expires_at         timestamptz NOT NULL,
    accepted_at        timestamptz,
    revoked_at         timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT invitations_custom_role FOREIGN KEY (tenant_id, custom_role_id) REFERENCES roles (tenant_id, id),
    -- An invitation that is over keeps no composed role from being deleted.
    CHECK (CASE WHEN custom_role_id IS NOT NULL THEN role = 'custom'
                ELSE role <> 'custom' OR accepted_at IS NOT NULL OR revoked_at IS NOT NULL END)
);
CREATE UNIQUE INDEX invitations_pending ON invitations (tenant_id, email_key)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_by_token ON invitations (token_hash);
CALL lock_to_tenant('invitations', 'SELECT, INSERT, UPDATE', 'SELECT, UPDATE');

CREATE TABLE api_keys (
    tenant_id          uuid NOT NULL REFERENCES tenants (id),
    id                 uuid NOT NULL,
    name               text NOT NULL,
    prefix             text NOT NULL,
    secret_hash        bytea NOT NULL,
    scopes             text[] NOT NULL,
    created_by         text NOT NULL,
    -- When this login goes from the team, the key goes too.
    created_by_user_id uuid REFERENCES users (id),
    created_at         timestamptz NOT NULL,
    expires_at         timestamptz,
    last_used_at       timestamptz,
    revoked_at         timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX api_keys_by_secret ON api_keys (secret_hash);
CALL lock_to_tenant('api_keys', 'SELECT, INSERT, UPDATE', 'SELECT, UPDATE');

-- Platform support may look into a tenant only while such a grant runs, and the tenant sees it.
CREATE TABLE support_grants (
    tenant_id  uuid NOT NULL REFERENCES tenants (id),
    id         uuid NOT NULL,
    user_id    uuid NOT NULL REFERENCES users (id),
    admin_name text NOT NULL,
    reason     text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX support_grants_by_user ON support_grants (user_id, tenant_id);
CALL lock_to_tenant('support_grants', 'SELECT, UPDATE', 'SELECT, INSERT');

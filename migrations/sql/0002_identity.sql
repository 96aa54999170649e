-- Global logins. No tenant owns a person; memberships say what a person may do where. The app role
-- sees of them only the names of its own tenant's members (a policy further below).
CREATE TABLE users (
    id                uuid PRIMARY KEY,
    email             text NOT NULL,
    email_key         text NOT NULL,
    name              text NOT NULL,
    locale            text NOT NULL,
    email_verified_at timestamptz,
    password_hash     text,
    totp_secret       bytea,
    totp_confirmed_at timestamptz,
    totp_last_step    bigint,
    platform_admin    boolean NOT NULL DEFAULT false,
    version           integer NOT NULL DEFAULT 1,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT users_email_taken UNIQUE (email_key)
);
GRANT SELECT, INSERT, UPDATE ON users TO openchair_system;

CREATE TABLE recovery_codes (
    user_id   uuid NOT NULL REFERENCES users (id),
    code_hash bytea NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (user_id, code_hash)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_codes TO openchair_system;

-- Browser sessions and API clients' token families: everything that keeps somebody signed in.
CREATE TABLE sessions (
    id                uuid PRIMARY KEY,
    user_id           uuid NOT NULL REFERENCES users (id),
    kind              text NOT NULL CHECK (kind IN ('browser', 'api_client')),
    -- The hash of the browser's cookie. API clients show tokens of their own instead.
    secret_hash       bytea,
    -- Where the session stands now; which tenants it may enter is decided by memberships alone.
    current_tenant_id uuid,
    client_name       text,
    user_agent        text,
    ip                text,
    created_at        timestamptz NOT NULL,
    last_seen_at      timestamptz NOT NULL,
    expires_at        timestamptz NOT NULL,
    revoked_at        timestamptz,
    revoked_because   text,
    CONSTRAINT sessions_secret UNIQUE (secret_hash),
    CHECK ((kind = 'browser') = (secret_hash IS NOT NULL))
);
CREATE INDEX sessions_by_user ON sessions (user_id, created_at);
-- When it ended or will end, for the sweep.
CREATE INDEX sessions_by_end ON sessions (least(revoked_at, expires_at));
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO openchair_system;

CREATE TABLE refresh_tokens (
    id         uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id),
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT refresh_tokens_hash UNIQUE (token_hash)
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_tokens TO openchair_system;

-- Links that are good once: verifying an address, signing in, resetting a password, and the pause
-- between a password and its second factor.
CREATE TABLE one_time_tokens (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users (id),
    purpose    text NOT NULL CHECK (purpose IN ('verify_email', 'magic_link', 'password_reset', 'second_factor')),
    token_hash bytea NOT NULL,
    -- The address that the link was sent to: it proves that one, not a later one.
    email_key  text NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    CONSTRAINT one_time_tokens_hash UNIQUE (token_hash)
);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_by_end ON one_time_tokens (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON one_time_tokens TO openchair_system;

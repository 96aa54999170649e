-- Customers who come back, whatever businesses they go to. Whoever opens the link that was mailed to an address
-- has proved it, and keeps a pass on that device; both are hashed.
CREATE TABLE regular_passes (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('link', 'device')),
    token_hash bytea NOT NULL,
    email      text NOT NULL,
    email_key  text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT regular_passes_hash UNIQUE (token_hash)
);
CREATE INDEX regular_passes_by_end ON regular_passes (expires_at);
GRANT SELECT, INSERT, DELETE ON regular_passes TO openchair_system;

-- Whoever proved an address is looked for in all businesses: by their records, and by what their visits were booked
-- with.
CREATE INDEX customers_by_address ON customers (email_key)
    WHERE email_key IS NOT NULL AND merged_into IS NULL AND erased_at IS NULL;
CREATE INDEX appointments_by_address ON appointments (lower(contact_email)) WHERE contact_email IS NOT NULL;
GRANT SELECT (title, starts_at, ends_at, location_id, contact_email, link_sealed) ON appointments TO openchair_system;

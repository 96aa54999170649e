-- What a business says to its customers, by which ways and when. No row: what the product begins with.
CREATE TABLE message_settings (
    tenant_id         uuid PRIMARY KEY REFERENCES tenants (id),
    -- The ways that are on, the best first: 'email', 'sms', 'whatsapp', 'push'.
    channels          text[] NOT NULL,
    -- How long before a visit it is brought to mind, in minutes.
    reminder_minutes  integer[] NOT NULL,
    -- Minutes from midnight on the shop's clock between which nobody is disturbed. May go over midnight.
    quiet_from        smallint CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_to          smallint CHECK (quiet_to BETWEEN 0 AND 1439),
    -- How long after a visit, in minutes; none: not at all.
    follow_up_minutes integer CHECK (follow_up_minutes > 0),
    review_minutes    integer CHECK (review_minutes > 0),
    review_url        text,
    -- How long after a visit, in days, somebody who booked nothing since is asked to come again.
    rebooking_days    integer CHECK (rebooking_days > 0),
    -- Who writes, and where answers go.
    sender_name       text,
    reply_to          text,
    version           integer NOT NULL,
    updated_at        timestamptz NOT NULL,
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);
CALL lock_to_tenant('message_settings', 'SELECT, INSERT, UPDATE', 'SELECT');

-- Services that are brought to mind at other times than the rest. An empty list: never.
CREATE TABLE service_reminders (
    tenant_id  uuid NOT NULL,
    service_id uuid NOT NULL,
    minutes    integer[] NOT NULL,
    PRIMARY KEY (tenant_id, service_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES services (tenant_id, id) ON DELETE CASCADE
);
CALL lock_to_tenant('service_reminders', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT');

-- A business's own words, instead of the built-in ones. What merge fields stand for is never in here.
CREATE TABLE message_templates (
    tenant_id  uuid NOT NULL REFERENCES tenants (id),
    kind       text NOT NULL,
    channel    text NOT NULL,
    locale     text NOT NULL,
    -- Mails have one.
    subject    text,
    body       text NOT NULL,
    version    integer NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, kind, channel, locale)
);
CALL lock_to_tenant('message_templates', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT');

-- Everything that was said to customers, or will be. A message is written with what gives the reason
-- for it; the worker sends it, and looks first whether that reason still holds.
CREATE TABLE messages (
    tenant_id            uuid NOT NULL REFERENCES tenants (id),
    id                   uuid NOT NULL,
    kind                 text NOT NULL,
    channel              text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp', 'push')),
    locale               text NOT NULL,
    -- Which of several of its kind: for reminders, how many minutes before the visit.
    step                 integer NOT NULL DEFAULT 0,
    customer_id          uuid,
    appointment_id       uuid,
    -- The visit as it was when this was written. Its sequence is what counts: it grows with each change
    -- that its customer hears of, and with no other.
    appointment_version  integer,
    appointment_sequence integer,
    queue_entry_id       uuid,
    -- Where it goes, as it was written and folded. Empty: whoever it was is forgotten.
    address              text NOT NULL,
    address_key          text COLLATE "C" NOT NULL,
    -- What customers must have agreed to before this is sent.
    purpose              text,
    -- What the words say about.
    fields               jsonb NOT NULL,
    -- The visit for calendars.
    calendar             jsonb,
    -- The links in it, sealed; wiped when nothing will be sent with them any more.
    link                 bytea,
    -- Somebody asked for it once more; of all others there is one for each visit as it stands.
    again                boolean NOT NULL DEFAULT false,
    -- Sent to oneself, to see what it looks like.
    trial                boolean NOT NULL DEFAULT false,
    state                text NOT NULL CHECK (state IN ('queued', 'sent', 'delivered', 'bounced', 'failed', 'dropped')),
    -- Why it was dropped or failed, in a word, and what was said about it.
    reason               text,
    detail               text,
    provider_id          text,
    due_at               timestamptz NOT NULL,
    created_at           timestamptz NOT NULL,
    sent_at              timestamptz,
    delivered_at         timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE UNIQUE INDEX messages_once ON messages (tenant_id, appointment_id, appointment_sequence, kind, step, channel)
    WHERE appointment_id IS NOT NULL AND NOT again;
CREATE INDEX messages_by_visit ON messages (tenant_id, appointment_id, id) WHERE appointment_id IS NOT NULL;
CREATE INDEX messages_by_customer ON messages (tenant_id, customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX messages_by_address ON messages (tenant_id, address_key, id);
CREATE INDEX messages_by_state ON messages (tenant_id, state, id);
CREATE INDEX messages_by_kind ON messages (tenant_id, kind, id);
CREATE INDEX messages_by_age ON messages (created_at);
-- The worker reads, sends and settles those of many businesses at once, and writes reminders.
CALL lock_to_tenant('messages', 'SELECT, INSERT, UPDATE', 'SELECT, INSERT, UPDATE, DELETE');

-- Who doesn't want to be written to any more, and by which way. Kept by address: it holds for whoever
-- has that address, under whichever record.
CREATE TABLE message_optouts (
    tenant_id   uuid NOT NULL REFERENCES tenants (id),
    id          uuid NOT NULL,
    channel     text NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp', 'push')),
    address     text NOT NULL,
    address_key text COLLATE "C" NOT NULL,
    -- How it was said: 'link', 'staff', 'reply', 'provider'.
    source      text NOT NULL,
    since       timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT message_optouts_once UNIQUE (tenant_id, channel, address_key)
);
CALL lock_to_tenant('message_optouts', 'SELECT, INSERT, DELETE', 'SELECT, INSERT, DELETE');

-- How far the sweeps that write messages have looked.
CREATE TABLE message_sweeps (
    name     text PRIMARY KEY,
    swept_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON message_sweeps TO openchair_system;

-- By which way a customer wants to hear, if they ever said.
ALTER TABLE customers ADD COLUMN channel text CHECK (channel IN ('email', 'sms', 'whatsapp', 'push'));

-- The customer's link, sealed: what is said later (a reminder) leads there too. It is found by its hash.
ALTER TABLE appointments ADD COLUMN link_sealed bytea;

-- What has to be known of a visit to bring it to mind, over all businesses at once.
GRANT SELECT (location_id, version, sequence, starts_at, ends_at, title, contact_email, contact_locale, link_sealed)
    ON appointments TO openchair_system;
GRANT SELECT (service_id) ON appointment_lines TO openchair_system;
GRANT SELECT (state) ON queue_entries TO openchair_system;
GRANT SELECT (tenant_id, appointment_id, version, at, action) ON appointment_history TO openchair_system;

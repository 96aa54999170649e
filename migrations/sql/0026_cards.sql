-- Whether a customer who books online leaves a card before the visit is theirs.
ALTER TABLE booking_policies ADD COLUMN ask_card boolean NOT NULL DEFAULT false;
ALTER TABLE service_policies ADD COLUMN ask_card boolean;

-- Cards that customers left for a visit, at the provider's: how it calls them, and the brand that people know them by.
-- No digit of one is ever here.
CREATE TABLE cards (
    tenant_id      uuid NOT NULL REFERENCES tenants (id),
    id             uuid NOT NULL,
    appointment_id uuid NOT NULL,
    state          text NOT NULL CHECK (state IN ('open', 'left', 'over', 'removing', 'removed')),
    -- At the provider: the account, and the page where it is left.
    account        text NOT NULL,
    reference      text,
    url            text,
    -- Whose it is there, and what it is called there; nobody sees either.
    customer       text,
    method         text,
    brand          text,
    created_at     timestamptz NOT NULL,
    left_at        timestamptz,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT cards_appointment FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id),
    -- What was removed isn't known here any more.
    CHECK (state NOT IN ('left', 'removing') OR (customer IS NOT NULL AND method IS NOT NULL)),
    CHECK (state <> 'removed' OR (customer IS NULL AND method IS NULL))
);
-- One page at a time, and one card.
CREATE UNIQUE INDEX cards_open ON cards (tenant_id, appointment_id) WHERE state = 'open';
CREATE UNIQUE INDEX cards_left ON cards (tenant_id, appointment_id) WHERE state = 'left';
CREATE INDEX cards_by_visit ON cards (tenant_id, appointment_id);
-- What the provider tells is about one of these pages.
CREATE INDEX cards_by_reference ON cards (tenant_id, reference) WHERE reference IS NOT NULL;
-- What was begun at the provider and not heard of since, and what is of no use any more, whosever it is.
CREATE INDEX cards_unheard ON cards (updated_at) WHERE state IN ('open', 'removing');
CREATE INDEX cards_kept ON cards (updated_at) WHERE state = 'left';
CALL lock_to_tenant('cards', 'SELECT, INSERT, UPDATE', 'SELECT');

ALTER TABLE payments
    -- What it was for when it was begun.
    ADD COLUMN kind       text NOT NULL DEFAULT 'deposit' CHECK (kind IN ('deposit', 'rest', 'fee', 'desk')),
    -- The card on file that it is taken from; empty: somebody pays it on a page, or at the desk.
    ADD COLUMN card_id    uuid,
    -- Whether it is paid in a form of the provider's within our page, and not on a page of the provider's: what opens
    -- the form is the customer's, and isn't here.
    ADD COLUMN here       boolean NOT NULL DEFAULT false,
    -- Whether the page keeps the card.
    ADD COLUMN keeps_card boolean NOT NULL DEFAULT false,
    -- Why it came to nothing, in the provider's words.
    ADD COLUMN trouble    text,
    ADD CONSTRAINT payments_card FOREIGN KEY (tenant_id, card_id) REFERENCES cards (tenant_id, id);
UPDATE payments SET kind = 'desk' WHERE way <> 'card';

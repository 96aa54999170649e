-- What a business shows of itself: one logo, one photo. The bytes are ours: whatever was sent has been drawn
-- anew (docs/adr/0016).
CREATE TABLE images (
    tenant_id  uuid NOT NULL REFERENCES tenants (id),
    kind       text NOT NULL CHECK (kind IN ('logo', 'photo')),
    -- Of the bytes: the same address never shows anything else.
    hash       text NOT NULL,
    format     text NOT NULL CHECK (format IN ('png', 'jpg')),
    width      integer NOT NULL,
    height     integer NOT NULL,
    bytes      bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, kind)
);
CALL lock_to_tenant('images', 'SELECT, INSERT, UPDATE, DELETE', 'SELECT');
-- Compressed once is enough.
ALTER TABLE images ALTER COLUMN bytes SET STORAGE EXTERNAL;

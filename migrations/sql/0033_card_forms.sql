-- Whether a card is left in a form of the provider's within our page, and not on a page of the provider's: what opens
-- the form is the customer's, and isn't here.
ALTER TABLE cards ADD COLUMN here boolean NOT NULL DEFAULT false;

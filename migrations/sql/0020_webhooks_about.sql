-- What was told of somebody of whom no record is known: it is found when they are erased.
CREATE INDEX webhook_deliveries_by_about ON webhook_deliveries (tenant_id, about)
    WHERE customer_id IS NULL;

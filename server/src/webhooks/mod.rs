//! Webhooks over HTTP.

mod deliveries;
mod deliveries_dto;
mod endpoints;
mod endpoints_dto;

pub use deliveries::WebhookDeliveriesApi;
pub use endpoints::WebhookEndpointsApi;

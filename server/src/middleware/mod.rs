//! What every request passes on its way in and out. `manners` stacks it in the right order.

pub mod body_limit;
pub mod request_id;

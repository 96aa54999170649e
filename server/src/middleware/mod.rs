//! What every request passes on its way in and out. `manners` stacks it in the right order.

pub mod body_limit;
pub mod client_ip;
pub mod compress;
pub mod detach;
pub mod head;
pub mod plain_uri;
pub mod request_id;
pub mod security_headers;
pub mod single_headers;
pub mod trace;

//! From an HTTP request to a WebSocket.

use std::net::SocketAddr;
use std::time::Duration;

use openchair_domain::tenancy::RequestFacts;
use poem::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use poem::http::{HeaderName, StatusCode};
use poem::{Body, IntoResponse, OnUpgrade, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type as _;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::hub::{Admission, Hub};
use super::protocol::LiveFrames;
use super::socket::{Socket, Who};
use crate::app::App;
use crate::problem::{ApiError, PROBLEM_JSON, Problem};

/// Clients say little: what is longer is read in pieces.
const READ_BUFFER: usize = 512;

/// A connection that doesn't become a WebSocket by then never will.
const TO_UPGRADE: Duration = Duration::from_secs(10);

/// What a client wants who asks for a WebSocket.
pub(super) struct Handshake {
    upgrade: OnUpgrade,
    accept: String,
    /// From where it comes, and to which of our addresses.
    ends: Option<(SocketAddr, SocketAddr)>,
}

impl Handshake {
    /// Reads the request as RFC 6455 says.
    pub(super) fn of(request: &Request) -> Result<Self, ApiError> {
        let names = |header: HeaderName, word: &str| {
            let values = request.headers().get_all(header);
            let mut values = values.iter().filter_map(|value| value.to_str().ok());
            values.any(|value| value.split(',').any(|one| one.trim().eq_ignore_ascii_case(word)))
        };
        if !names(UPGRADE, "websocket") || !names(CONNECTION, "upgrade") {
            let detail = "This is a WebSocket: ask for an upgrade.";
            return Err(ApiError::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", detail)
                .with_header(UPGRADE, "websocket")
                .with_header(CONNECTION, "upgrade"));
        }
        if !names(SEC_WEBSOCKET_VERSION, "13") {
            let detail = "Version 13 of the WebSocket protocol is spoken here.";
            return Err(ApiError::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", detail)
                .with_header(SEC_WEBSOCKET_VERSION, "13"));
        }
        let bad = || ApiError::bad_request("bad_handshake", "This is no handshake of a WebSocket.");
        let key = request.headers().get(SEC_WEBSOCKET_KEY).ok_or_else(bad)?;
        let accept = derive_accept_key(key.as_bytes());
        let upgrade = request.take_upgrade().map_err(|_| bad())?;
        let (peer, here) = (request.remote_addr(), request.local_addr());
        let ends = peer.as_socket_addr().copied().zip(here.as_socket_addr().copied());
        Ok(Self { upgrade, accept, ends })
    }

    /// Says yes, and lets the socket live as soon as the connection is one.
    pub(super) fn accept(
        self,
        around: (App, Hub),
        admission: Admission,
        request: RequestFacts,
        who: Option<Box<Who>>,
    ) -> Upgrade {
        let Self { upgrade, accept, ends } = self;
        let hub = around.1.clone();
        let options = &hub.options;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(options.message_bytes))
            .max_frame_size(Some(options.message_bytes));
        let tracker = hub.tracker.clone();
        tracker.spawn(async move {
            // It may be that the client has gone before it heard our yes.
            let Ok(Ok(upgraded)) = tokio::time::timeout(TO_UPGRADE, upgrade).await else { return };
            // Found by where it comes from: hyper hides what is beneath. Nothing else is on it now.
            if let Some(stream) = ends.and_then(|(peer, here)| hub.connections.between(peer, here))
            {
                admission.line.outlet.open(stream);
            }
            let ws = WebSocketStream::from_raw_socket(upgraded, Role::Server, Some(config)).await;
            Socket::new(ws, around, admission, request).run(who).await;
        });
        Upgrade { accept }
    }
}

/// 101: from here on it is a WebSocket.
#[derive(Debug)]
pub struct Upgrade {
    accept: String,
}

impl IntoResponse for Upgrade {
    fn into_response(self) -> Response {
        Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(CONNECTION, "upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_ACCEPT, self.accept)
            .body(Body::empty())
    }
}

impl ApiResponse for Upgrade {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![
                MetaResponse {
                    description: "It is a WebSocket from here on. Each text on it is one JSON object, \
                              of those that are described here",
                    status: Some(101),
                    status_range: None,
                    content: vec![MetaMediaType {
                        content_type: "application/json",
                        schema: LiveFrames::schema_ref(),
                    }],
                    headers: Vec::new(),
                },
                MetaResponse {
                    description: "This is a WebSocket, and an upgrade was not asked for",
                    status: Some(426),
                    status_range: None,
                    content: vec![MetaMediaType {
                        content_type: PROBLEM_JSON,
                        schema: Problem::schema_ref(),
                    }],
                    headers: Vec::new(),
                },
            ],
        }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
        LiveFrames::register(registry);
    }
}

//! What goes wrong on purpose.

use serde::{Deserialize, Serialize};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Nothing is done, and it is answered with this status.
    Status(u16),
    /// Nothing is done, it is answered with this status, and so is whoever asks again under the same key:
    /// as Stripe keeps its errors, too.
    KeptStatus(u16),
    /// It is done, and then the connection is cut.
    Cut,
    /// The connection is cut before anything is done.
    CutBefore,
    /// It waits until it is let go, see [`Stand::let_go`](crate::Stand::let_go), and is done then.
    Wait,
    /// It is done, and its answer waits until it is let go.
    Late,
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Requests whose path contains this, such as `/v1/refunds`; method and path, if it has a blank:
    /// `POST /v1/checkout/sessions`.
    pub of: String,
    /// What becomes of them.
    pub act: Act,
    /// So many of them.
    pub times: u32,
}

/// What becomes of this request, if it is one of those.
pub(crate) fn meet(troubles: &mut Vec<Trouble>, method: &str, path: &str) -> Option<Act> {
    let line = format!("{method} {path}");
    let met =
        troubles.iter_mut().find(|trouble| trouble.times > 0 && line.contains(&trouble.of))?;
    met.times -= 1;
    let act = met.act;
    troubles.retain(|trouble| trouble.times > 0);
    Some(act)
}

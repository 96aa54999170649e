//! What goes wrong on purpose.

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nothing is done, and it is answered with this status.
    Status(u16),
    /// It is done, and then the connection is cut.
    Cut,
    /// The connection is cut before anything is done.
    CutBefore,
    /// It waits until it is let go, see [`Stand::let_go`](crate::Stand::let_go), and is done then.
    Wait,
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// Requests whose method and path contain this.
    pub(crate) of: String,
    pub(crate) act: Act,
    pub(crate) times: u32,
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

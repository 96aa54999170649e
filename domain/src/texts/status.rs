/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is on its way.
    Sent,
    /// It is on the telephone.
    Delivered,
    /// It won't arrive: the number is nobody's, or can't get it.
    Bounced,
    /// It won't arrive, for another reason.
    Failed,
}

/// What the provider's word for it means. None: nothing that one would write down.
pub fn fate(status: &str) -> Option<Fate> {
    match status {
        "sent" => Some(Fate::Sent),
        // WhatsApp says when it was read, too.
        "delivered" | "read" => Some(Fate::Delivered),
        "undelivered" => Some(Fate::Bounced),
        "failed" | "canceled" => Some(Fate::Failed),
        // accepted, scheduled, queued, sending, receiving, received: it was handed over, as is known.
        _ => None,
    }
}

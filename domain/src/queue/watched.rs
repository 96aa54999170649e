//! Many tickets at once, for those who look on.

use super::board::{Front, entries};
use super::convert;
use super::door::{MOST_PASSES, OwnTicket};
use super::outlook::Outlook;
use super::state::State;
use crate::bookings::BookingError;
use crate::ids::{Id, QueueEntry};
use crate::tenancy::TenantTx;

/// Each of these entries as its holder sees it, out of what is known of the whole line. What isn't
/// there is left out.
pub async fn tickets(
    tx: &TenantTx,
    front: &Front,
    outlook: &Outlook,
    ids: &[Id<QueueEntry>],
) -> Result<Vec<OwnTicket>, BookingError> {
    let mut own = Vec::new();
    let found = entries(tx, ids).await?;
    let begin_at = convert::begin_at(tx, &found).await?;
    for entry in found {
        let up = |state: State| matches!(state, State::Called | State::Serving);
        let others = front.entries.iter().filter(|other| other.id != entry.id && up(other.state));
        own.push(OwnTicket {
            shop: front.shop.clone(),
            others: others.map(|other| (other.code.clone(), other.state)).collect(),
            wait: outlook.waits.iter().find(|wait| wait.id == entry.id).cloned(),
            passes_left: (MOST_PASSES - entry.passes).max(0),
            visit_at: begin_at.get(&entry.id).copied(),
            entry,
        });
    }
    Ok(own)
}

//! Web addresses: which are free, and what to propose.

use std::collections::HashSet;

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::choice;
use super::sign_up::SignUpError;
use crate::config::{Countries, Kind, Kits, Proposal, is_reserved_slug};
use crate::entropy::{self, Entropy};
use crate::fault::{Faults, ValueFault};
use crate::tenancy::{StoreError, SystemTx};
use crate::text;

/// Why a web address can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Another business has it.
    Taken,
    /// The product needs it itself.
    Reserved,
    /// It isn't written like one.
    Invalid,
}

/// Whether a web address can be had, and what could be had instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// The address that was asked for.
    pub slug: String,
    /// What is in its way, if anything.
    pub obstacle: Option<Obstacle>,
    /// A free one that looks like it.
    pub suggestion: Option<String>,
}

/// What a sign-up form is filled in with.
#[derive(Debug)]
pub struct Offer {
    /// A free web address made from the name; empty as long as there is no name.
    pub slug: String,
    /// What follows from the country.
    pub proposal: Proposal,
    /// Every country: its code and its name.
    pub countries: Vec<(&'static str, &'static str)>,
    /// Every kind of business, in the country's language: its key, its name and what it is.
    pub kinds: Vec<(Kind, &'static str, &'static str)>,
}

/// What to fill a sign-up form in with, for a country and, once it is typed, a name.
pub async fn offer(tx: &SystemTx, country: &str, name: &str) -> Result<Offer, SignUpError> {
    let mut faults = Faults::new();
    let country = faults.take("country", choice::country(country));
    let Some(proposal) = country.and_then(|code| Countries::shipped().propose(&code)) else {
        return Err(faults.into());
    };
    let slug = if name.trim().is_empty() {
        String::new()
    } else {
        first_free(tx, &text::slug_from_name(name)).await?.unwrap_or_default()
    };
    let kind = |kind| {
        let kit = Kits::get(kind);
        (kind, kit.name(&proposal.locale), kit.blurb(&proposal.locale))
    };
    Ok(Offer {
        slug,
        countries: Countries::shipped().iter().map(|(code, c)| (code, c.name.as_str())).collect(),
        kinds: Kind::ALL.into_iter().map(kind).collect(),
        proposal,
    })
}

/// Whether a web address can be had.
pub async fn availability(tx: &SystemTx, wanted: &str) -> Result<Availability, StoreError> {
    let obstacle = match obstacle(wanted) {
        None if exists(tx, wanted).await? => Some(Obstacle::Taken),
        other => other,
    };
    let suggestion = match obstacle {
        None => None,
        Some(Obstacle::Invalid) => first_free(tx, &text::slug_from_name(wanted)).await?,
        Some(_) => first_free(tx, wanted).await?,
    };
    Ok(Availability { slug: wanted.to_owned(), obstacle, suggestion })
}

/// What can be said against an address without looking who has it.
fn obstacle(slug: &str) -> Option<Obstacle> {
    match text::slug(slug) {
        Ok(trimmed) if trimmed != slug => Some(Obstacle::Invalid),
        Ok(_) if is_reserved_slug(slug) => Some(Obstacle::Reserved),
        Ok(_) => None,
        Err(_) => Some(Obstacle::Invalid),
    }
}

/// A web address that a business may ask for, whoever has it.
pub(super) fn check(text: &str) -> Result<String, ValueFault> {
    let slug = text::slug(text)?;
    if is_reserved_slug(&slug) {
        return Err(ValueFault::new("reserved_slug", "Openchair needs this address itself."));
    }
    Ok(slug)
}

/// Addresses to try for a business, the plainest first: `lagoon`, `lagoon-2` … `lagoon-9`, and some
/// with a random end, which can't all be taken by accident.
pub(super) fn candidates(base: &str, entropy: &dyn Entropy) -> Vec<String> {
    // Without those that look like another.
    const LETTERS: &[u8; 30] = b"23456789abcdefghjkmnpqrstvwxyz";
    // As long as a slug may be, less the longest end.
    let stem = base.chars().take(35).collect::<String>();
    let stem = stem.trim_end_matches('-');
    let random = || {
        let end =
            entropy::bytes::<4>(entropy).map(|byte| LETTERS[usize::from(byte) % LETTERS.len()]);
        end.map(char::from).iter().collect::<String>()
    };
    let numbered = (2..10).map(|number| format!("{stem}-{number}"));
    let drawn = (0..4).map(|_| format!("{stem}-{}", random()));
    std::iter::once(base.to_owned())
        .chain(numbered)
        .chain(drawn)
        .filter(|slug| obstacle(slug).is_none())
        .collect()
}

/// The first of an address's variations that nobody has.
async fn first_free(tx: &SystemTx, base: &str) -> Result<Option<String>, StoreError> {
    let wanted = candidates(base, tx.entropy());
    let taken = taken(tx, wanted.clone()).await?;
    Ok(wanted.into_iter().find(|slug| !taken.contains(slug)))
}

/// Whether a business has this address.
pub(crate) async fn exists(tx: &SystemTx, slug: &str) -> Result<bool, StoreError> {
    Ok(!taken(tx, vec![slug.to_owned()]).await?.is_empty())
}

async fn taken(tx: &SystemTx, slugs: Vec<String>) -> Result<HashSet<String>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        slug: String,
    }
    let sql = "select slug from tenants where slug = any($1)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [slugs.into()]);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

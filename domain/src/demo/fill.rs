//! Puts everything into a demo business that was just founded.

use super::Login;
use super::book::Book;
use super::data::Shop;
use super::dice::Dice;
use super::house::{self, day};
use super::life::Team;
use super::visits::{BACK, Scene, visits, wishes};
use super::{forms, line, money, offer, people, regulars};
use crate::audit::Actor;
use crate::bookings;
use crate::diary;
use crate::ids::{Id, Tenant};
use crate::tenancy::{StoreError, SystemTx};

/// Menu, house, people, and weeks of visits. In the transaction that founded it: who finds the shop
/// finds all of it.
pub(super) async fn fill(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    shop: &Shop,
    logins: &[Login],
) -> Result<(), StoreError> {
    let mut dice = Dice::of(&shop.business.slug);
    let mut book = Book::default();
    let offered = offer::write(tx, shop, &mut book)?;
    let places = house::write(tx, shop, &mut book)?;
    house::write_staff(tx, shop, &offered, &places, logins, &mut book)?;
    let known = people::write(tx, shop, &offered, &mut dice, &mut book)?;
    people::write_waiting(tx, shop, &offered, (&known, &places[0]), &mut book)?;
    let regulars = regulars::write(tx, shop, &offered, (&known, &places[0]), &mut book)?;
    book.write(tx, tenant).await?;

    let since = day(shop, tx.now(), -BACK - 2);
    let mut read = Vec::new();
    for place in &shop.places {
        let written = diary::just_written(tx, tenant, places[0].id(&place.name)?, since).await?;
        let missing = || StoreError::Unreadable(format!("demo data: {}", place.name));
        read.push((place, written.ok_or_else(missing)?));
    }
    let hand = |role: &str| {
        let login = logins.iter().find(|login| login.role == role).or(logins.first());
        login.map_or_else(nobody, |login| Actor::user(login.user.id, &login.user.name))
    };
    let scene = Scene {
        data: shop,
        places: read.iter().map(|(place, shop)| (*place, shop)).collect(),
        wishes: wishes(shop, &offered)?,
        known: &known,
        regulars: &regulars,
        team: Team { manager: hand("manager"), desk: hand("receptionist") },
        now: tx.now(),
    };
    let visits = visits(&scene, &mut dice, tx.entropy());
    bookings::enter(tx, tenant, &visits).await?;
    let mut book = Book::default();
    forms::write(tx, shop, &offered, &visits, &mut dice, &mut book)?;
    money::write(&scene, &visits, tx.entropy(), &mut dice, &mut book);
    line::write(tx, shop, &scene.places, &scene.team, &mut dice, &mut book)?;
    book.write(tx, tenant).await
}

fn nobody() -> Actor {
    Actor::from(&crate::tenancy::Principal::Worker { task: "demo" })
}

//! The visits of a demo business: weeks that were, and weeks to come. Each is wanted by somebody and
//! placed by the engine among those before it, so that none collides and all obey the rules.

use std::collections::HashSet;

use chrono::{Datelike, Duration, NaiveDate};

use super::data::{Place, Shop as Data};
use super::dice::Dice;
use super::house::{day, midnight};
use super::life::{Moment, Team, story};
use super::offer::Offered;
use super::people::Known;
use super::regulars::Regular;
use crate::availability::{Block, Busy, on_the_wall};
use crate::bookings::{Asker, Begun, Entered, Entry, Wanted, WantedService};
use crate::diary::Shop;
use crate::entropy::Entropy;
use crate::ids::{Addon, Id, Package, Service, StaffMember};
use crate::tenancy::StoreError;
use crate::time::Instant;

/// Days behind today that have visits.
pub(super) const BACK: i64 = 28;
/// Days ahead of it.
pub(super) const AHEAD: i64 = 21;

/// What can be wanted.
#[derive(Debug, Clone)]
pub(super) enum Wish {
    Service { id: Id<Service>, addons: Vec<Id<Addon>>, party: u8, members_only: bool },
    Package(Id<Package>),
}

/// A business that is about to come to life.
pub(super) struct Scene<'a> {
    pub(super) data: &'a Data,
    /// Its places with their rules.
    pub(super) places: Vec<(&'a Place, &'a Shop)>,
    pub(super) wishes: Vec<(u32, Wish)>,
    pub(super) known: &'a [Known],
    pub(super) regulars: &'a [Regular<'a>],
    pub(super) team: Team,
    pub(super) now: Instant,
}

/// The menu as wishes, each as often as it is asked for.
pub(super) fn wishes(data: &Data, offered: &Offered) -> Result<Vec<(u32, Wish)>, StoreError> {
    let mut wishes = Vec::new();
    for (category, service) in data.services() {
        let addons = category.addons.iter().map(|addon| offered.addons.id(addon));
        wishes.push((
            service.often,
            Wish::Service {
                id: offered.services.id(&service.name)?,
                addons: addons.collect::<Result<_, _>>()?,
                party: u8::try_from(service.party).unwrap_or(1),
                members_only: service.members_only,
            },
        ));
    }
    for package in &data.packages {
        wishes.push((package.often, Wish::Package(offered.packages.id(&package.name)?)));
    }
    Ok(wishes)
}

/// A day at one place, with what is taken and who came.
struct Day<'s, 'a> {
    scene: &'s Scene<'a>,
    place: &'a Place,
    shop: &'a Shop,
    /// Counted from today.
    offset: i64,
    date: NaiveDate,
    starts: Instant,
}

/// All visits, day by day.
pub(super) fn visits<'a>(
    scene: &Scene<'a>,
    dice: &mut Dice,
    entropy: &dyn Entropy,
) -> Vec<Entered<'a>> {
    let mut all = Vec::new();
    for offset in -BACK..=AHEAD {
        // Somebody who works at two places is taken at both; nobody works over midnight.
        let mut busy = Busy::default();
        let mut came = HashSet::new();
        let today = day(scene.data, scene.now, offset);
        let due = scene.regulars.iter().filter(|one| one.rhythm.on(today).is_some());
        came.extend(due.map(|one| one.who));
        for (place, shop) in &scene.places {
            let date = day(scene.data, scene.now, offset);
            let starts = midnight(shop.rules.zone, date);
            let today = Day { scene, place, shop, offset, date, starts };
            let mut keep = |busy: &mut Busy, visit: Option<Entered<'a>>| {
                visit.iter().flat_map(Entered::blocks).for_each(|block| take(busy, block));
                all.extend(visit);
            };
            // Who comes again and again has booked before all others.
            for regular in scene.regulars {
                let visit = today.visit_of(regular, &busy, dice, entropy);
                keep(&mut busy, visit);
            }
            for _ in 0..today.wanted(dice) {
                let visit = today.visit(&busy, &mut came, dice, entropy);
                keep(&mut busy, visit);
            }
        }
    }
    all
}

/// How a visit that has its time came about.
#[derive(Debug, Clone, Copy)]
struct Coming {
    start: Instant,
    booked_at: Instant,
    begun: Begun,
    walks_in: bool,
    whose: Option<Known>,
}

/// The blocks of one person or room stay sorted by when they begin.
fn take(busy: &mut Busy, block: Block) {
    let blocks = busy.0.entry(block.resource).or_default();
    let place = blocks.partition_point(|other| other.span < block.span);
    blocks.insert(place, block);
}

impl<'a> Day<'_, 'a> {
    /// How many want to come. The further ahead, the emptier.
    fn wanted(&self, dice: &mut Dice) -> i64 {
        let usual = self.place.visits_a_day;
        let weekend = if self.date.weekday().number_from_monday() >= 5 { 115 } else { 90 };
        let filled = match self.offset {
            ..=0 => 100,
            1..=6 => 60,
            7..=13 => 35,
            _ => 25,
        };
        let many = usual * weekend * filled / 10_000;
        dice.between(many.saturating_sub(many / 4), many + many / 4)
    }

    fn visit(
        &self,
        busy: &Busy,
        came: &mut HashSet<usize>,
        dice: &mut Dice,
        entropy: &dyn Entropy,
    ) -> Option<Entered<'a>> {
        let scene = self.scene;
        let wish = dice.weighed(&scene.wishes)?;
        let (members_only, alone) = match wish {
            Wish::Service { members_only, party, .. } => (*members_only, *party == 1),
            Wish::Package(_) => (false, false),
        };
        let walks_in =
            alone && !members_only && self.offset <= 0 && dice.percent(self.place.walk_in_percent);
        let asker = if walks_in || dice.percent(35) { Asker::Staff } else { Asker::Customer };
        let mut booked_at = if walks_in { self.starts } else { self.booked_at(dice) };
        let wanted = self.wanted_of(wish, dice);
        let entry = Entry::of(self.shop, &wanted, asker)?;
        let mut starts = entry.starts(busy, self.date, booked_at);
        if walks_in {
            starts.retain(|slot| slot.start <= scene.now);
        }
        let start = dice.pick(&starts)?.start;
        if walks_in {
            booked_at = start - Duration::minutes(dice.between(1, 6));
        }
        let customer = self.customer(came, members_only, walks_in, dice)?;
        let begun = if asker == Asker::Staff { Begun::Booked } else { Begun::Held };
        let coming = Coming { start, booked_at, begun, walks_in, whose: customer };
        let mut visit = self.lived(entry, coming, busy, dice, entropy)?;
        visit.source = match (begun, walks_in) {
            (Begun::Held, _) => "public",
            (Begun::Booked, true) => "queue",
            (Begun::Booked, false) => "staff",
        };
        let life = &scene.data.life;
        if begun == Begun::Held && dice.percent(12) {
            visit.note = dice.pick(&life.notes).cloned().unwrap_or_default();
        }
        if dice.percent(6) {
            visit.staff_note = dice.pick(&life.staff_notes).cloned().unwrap_or_default();
        }
        Some(visit)
    }

    /// The visit that somebody's series has on this day, if it has one here and nothing stands in its
    /// way: that one is skipped.
    fn visit_of(
        &self,
        regular: &Regular<'_>,
        busy: &Busy,
        dice: &mut Dice,
        entropy: &dyn Entropy,
    ) -> Option<Entered<'a>> {
        let nth = regular.rhythm.on(self.date).filter(|_| regular.place == self.place.name)?;
        let start = on_the_wall(self.shop.rules.zone, self.date.and_time(regular.rhythm.time));
        let people = &self.shop.people;
        let named = |name: &str| people.iter().find(|(_, one)| one.name == name).map(|(id, _)| *id);
        let service = WantedService {
            service: regular.service,
            addons: Vec::new(),
            staff: regular.staff.and_then(named),
            second: None,
        };
        let wanted = Wanted {
            services: vec![service],
            package: None,
            party: 1,
            staff: Vec::new(),
            room: None,
        };
        let entry = Entry::of(self.shop, &wanted, Asker::Staff)?;
        let coming = Coming {
            start: start.ok()?,
            booked_at: regular.booked_at,
            begun: Begun::Booked,
            walks_in: false,
            whose: self.scene.known.get(regular.who).copied(),
        };
        let mut visit = self.lived(entry, coming, busy, dice, entropy)?;
        visit.source = "series";
        visit.series = Some((regular.series, nth));
        Some(visit)
    }

    /// Gives a visit its place and its life.
    fn lived(
        &self,
        entry: Entry<'a>,
        coming: Coming,
        busy: &Busy,
        dice: &mut Dice,
        entropy: &dyn Entropy,
    ) -> Option<Entered<'a>> {
        let (scene, policy) = (self.scene, entry.policy());
        let Coming { start, booked_at, begun, walks_in, whose } = coming;
        let percent = whose.map_or(0, |known| known.percent);
        let mut visit =
            entry.place(busy, (start, booked_at), percent, entropy, |span, deposit| {
                let moment = Moment {
                    span,
                    booked_at,
                    begun,
                    walks_in,
                    needs_approval: policy.needs_approval,
                    deposit,
                    cancel_notice: Duration::minutes(policy.cancel_notice.into()),
                };
                story(&scene.data.life, &scene.team, moment, scene.now, dice)
            })?;
        visit.customer = whose.map(|known| known.id);
        Some(visit)
    }

    /// When it was booked: some days before, and in any case before now.
    fn booked_at(&self, dice: &mut Dice) -> Instant {
        let farthest = *dice.pick(&[1_440, 4_320, 17_280]).unwrap_or(&1_440);
        let before = Duration::minutes(dice.between(180, farthest));
        let morning = self.starts + Duration::hours(8);
        let lately = self.scene.now - Duration::minutes(dice.between(20, 2_000));
        (morning - before).min(lately)
    }

    fn wanted_of(&self, wish: &Wish, dice: &mut Dice) -> Wanted {
        let nothing =
            Wanted { services: Vec::new(), package: None, party: 1, staff: Vec::new(), room: None };
        match wish {
            Wish::Package(id) => Wanted { package: Some(*id), ..nothing },
            Wish::Service { id, addons, party, .. } => {
                let with = dice.percent(self.scene.data.life.addon_percent);
                let addon = dice.pick(addons).filter(|_| with);
                let staff =
                    if *party == 1 && dice.percent(25) { self.somebody(*id, dice) } else { None };
                let service = WantedService {
                    service: *id,
                    addons: addon.copied().into_iter().collect(),
                    staff,
                    second: None,
                };
                Wanted { services: vec![service], party: *party, ..nothing }
            }
        }
    }

    /// One of those who do this here on that weekday.
    fn somebody(&self, service: Id<Service>, dice: &mut Dice) -> Option<Id<StaffMember>> {
        let weekday = self.date.weekday().num_days_from_monday() as usize;
        let can: Vec<_> = (self.shop.rules.staff.iter())
            .filter(|staff| staff.skills.contains_key(&service))
            .filter(|staff| staff.hours.0.get(weekday).is_some_and(|hours| !hours.is_empty()))
            .map(|staff| staff.id)
            .collect();
        dice.pick(&can).copied()
    }

    /// Who comes: nobody twice a day. Of those who walk in, half leave no name.
    #[expect(clippy::option_option, reason = "nobody to be found is not nobody by name")]
    fn customer(
        &self,
        came: &mut HashSet<usize>,
        members_only: bool,
        walks_in: bool,
        dice: &mut Dice,
    ) -> Option<Option<Known>> {
        if walks_in && dice.percent(50) {
            return Some(None);
        }
        let free: Vec<_> = (self.scene.known.iter().enumerate())
            .filter(|(place, known)| !came.contains(place) && (known.member || !members_only))
            .collect();
        let (place, known) = *dice.pick(&free)?;
        came.insert(place);
        Some(Some(*known))
    }
}

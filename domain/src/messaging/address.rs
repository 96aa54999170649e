//! By which way somebody is reached.

use super::Channel;
use crate::ids::{Customer, Id};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// By which way.
    pub(crate) channel: Channel,
    /// As it was written.
    pub(crate) shown: String,
    /// Folded: what makes two of them the same.
    pub(crate) key: String,
}

impl Address {
    /// An address for this way.
    pub(crate) fn new(channel: Channel, shown: &str) -> Self {
        let key = key(channel, shown);
        Self { channel, shown: shown.to_owned(), key }
    }
}

/// What makes two addresses the same.
pub(super) fn key(channel: Channel, shown: &str) -> String {
    match channel {
        Channel::Email => shown.trim().to_lowercase(),
        Channel::Sms | Channel::Whatsapp | Channel::Push => shown.trim().to_owned(),
    }
}

/// How somebody can be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reach<'a> {
    /// Their address.
    pub(crate) email: Option<&'a str>,
    /// Their number.
    pub(crate) phone: Option<&'a str>,
    /// The way that they chose, if they ever did.
    pub(crate) chosen: Option<Channel>,
    /// Who they are: all browsers that they subscribed with.
    pub(crate) customer: Option<Id<Customer>>,
}

impl Reach<'_> {
    fn by(&self, channel: Channel) -> Option<String> {
        match channel {
            Channel::Email => self.email.map(str::to_owned),
            Channel::Sms | Channel::Whatsapp => self.phone.map(str::to_owned),
            // Only who has a browser that asked for it can choose this, and nobody else does it for them.
            Channel::Push => {
                let customer = self.customer.filter(|_| self.chosen == Some(Channel::Push));
                customer.map(|customer| customer.to_string())
            }
        }
    }

    /// The way that a message takes: the one that they chose, if it can be taken; else the best that
    /// the business has on.
    pub(crate) fn choose(&self, on: &[Channel]) -> Option<Address> {
        let open = |channel: &Channel| {
            let shown = self.by(*channel).filter(|_| on.contains(channel));
            shown.map(|shown| Address::new(*channel, &shown))
        };
        self.chosen.as_ref().and_then(open).or_else(|| on.iter().find_map(open))
    }
}

#[cfg(test)]
mod tests {
    use super::Channel::{Email, Push, Sms, Whatsapp};
    use super::*;

    #[test]
    fn the_way_that_was_chosen_or_the_best_there_is() {
        let all = [Email, Sms, Whatsapp, Push];
        let both =
            Reach { email: Some("Ann@Example.com"), phone: Some("+1415"), ..Reach::default() };
        let only_phone = Reach { email: None, ..both };
        let chosen = |channel| Reach { chosen: Some(channel), ..both };
        let known = Reach { customer: Some(Id::from_uuid(uuid::Uuid::nil())), ..both };
        let cases: [(Reach<'_>, &[Channel], Option<Channel>); 11] = [
            (both, &all, Some(Email)),
            (both, &[Sms, Email], Some(Sms)),
            (both, &[Email], Some(Email)),
            (chosen(Whatsapp), &all, Some(Whatsapp)),
            (chosen(Whatsapp), &[Email, Sms], Some(Email)),
            (chosen(Push), &all, Some(Email)),
            (known, &[Push, Sms], Some(Sms)),
            (Reach { chosen: Some(Push), ..known }, &all, Some(Push)),
            (Reach { chosen: Some(Push), ..known }, &[Sms, Email], Some(Sms)),
            (only_phone, &[Email], None),
            (only_phone, &[Email, Whatsapp], Some(Whatsapp)),
        ];
        for (reach, on, expected) in cases {
            let found = reach.choose(on);
            assert_eq!(found.map(|found| found.channel), expected, "{reach:?} {on:?}");
        }
        let mail = both.choose(&all).unwrap();
        assert_eq!(
            (mail.shown.as_str(), mail.key.as_str()),
            ("Ann@Example.com", "ann@example.com")
        );
    }
}

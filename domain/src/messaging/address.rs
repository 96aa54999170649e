//! By which way somebody is reached.

use super::Channel;

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
}

impl Reach<'_> {
    fn by(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Email => self.email,
            Channel::Sms | Channel::Whatsapp => self.phone,
            Channel::Push => None,
        }
    }

    /// The way that a message takes: the one that they chose, if it can be taken; else the best that
    /// the business has on. `carried` is what somebody carries messages by.
    pub(crate) fn choose(&self, on: &[Channel], carried: &[Channel]) -> Option<Address> {
        let open = |channel: &Channel| {
            let possible = on.contains(channel) && carried.contains(channel);
            self.by(*channel).filter(|_| possible).map(|shown| Address::new(*channel, shown))
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
        let both = Reach { email: Some("Ann@Example.com"), phone: Some("+1415"), chosen: None };
        let only_phone = Reach { email: None, ..both };
        let chosen = |channel| Reach { chosen: Some(channel), ..both };
        let cases: [(Reach<'_>, &[Channel], &[Channel], Option<Channel>); 9] = [
            (both, &all, &all, Some(Email)),
            (both, &[Sms, Email], &all, Some(Sms)),
            (both, &[Sms, Email], &[Email], Some(Email)),
            (chosen(Whatsapp), &all, &all, Some(Whatsapp)),
            (chosen(Whatsapp), &[Email, Sms], &all, Some(Email)),
            (chosen(Sms), &all, &[Email], Some(Email)),
            (chosen(Push), &all, &all, Some(Email)),
            (only_phone, &[Email], &all, None),
            (only_phone, &all, &[Email], None),
        ];
        for (reach, on, carried, expected) in cases {
            let found = reach.choose(on, carried);
            assert_eq!(found.map(|found| found.channel), expected, "{reach:?} {on:?} {carried:?}");
        }
        let mail = both.choose(&all, &all).unwrap();
        assert_eq!(
            (mail.shown.as_str(), mail.key.as_str()),
            ("Ann@Example.com", "ann@example.com")
        );
    }
}

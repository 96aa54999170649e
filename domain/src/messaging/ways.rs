//! The ways by which this deployment carries messages.

use super::Channel;
use crate::config;

/// Which ways somebody carries messages by. What nobody carries is never chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ways {
    sms: bool,
    whatsapp: bool,
    push: bool,
}

impl Ways {
    /// As configured: mails always, and what there is an account, a number or a key for.
    pub fn of(settings: &config::Settings) -> Self {
        let config::Texts { account_sid, sms_from, whatsapp_from, .. } = &settings.texts;
        let account = !account_sid.is_empty();
        Self {
            sms: account && !sms_from.is_empty(),
            whatsapp: account && !whatsapp_from.is_empty(),
            push: !settings.push.vapid_key.is_empty(),
        }
    }

    /// Whether somebody carries messages this way.
    pub const fn carries(self, channel: Channel) -> bool {
        match channel {
            Channel::Email => true,
            Channel::Sms => self.sms,
            Channel::Whatsapp => self.whatsapp,
            Channel::Push => self.push,
        }
    }

    /// All of them.
    pub fn all(self) -> Vec<Channel> {
        Channel::ALL.into_iter().filter(|channel| self.carries(*channel)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Settings, Sources};

    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [Channel]);

    #[test]
    fn a_way_needs_an_account_and_a_number_or_a_key() {
        use Channel::{Email, Push, Sms, Whatsapp};
        let account = ("texts.account_sid", "AC1");
        let token = ("texts.auth_token", "secret");
        let (sms, whatsapp) =
            (("texts.sms_from", "+14155550100"), ("texts.whatsapp_from", "+14155550101"));
        let (key, contact) = (("push.vapid_key", "abc"), ("push.contact", "mailto:a@b.example"));
        let cases: [Case<'_>; 6] = [
            (&[], &[Email]),
            (&[sms, whatsapp], &[Email]),
            (&[account, token], &[Email]),
            (&[account, token, sms], &[Email, Sms]),
            (&[account, token, sms, whatsapp], &[Email, Sms, Whatsapp]),
            (&[key, contact], &[Email, Push]),
        ];
        for (given, expected) in cases {
            let given =
                given.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            let sources = Sources::of::<&str, &str>("test", [], given);
            let ways = Ways::of(&Settings::load(&sources).unwrap());
            assert_eq!(ways.all(), expected);
        }
        assert_eq!(Ways::default().all(), [Email]);
    }
}

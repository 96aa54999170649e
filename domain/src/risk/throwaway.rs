//! Addresses that are made to be thrown away. The list is short on purpose: those that everybody meets. One that
//! is missing costs nobody anything; one that doesn't belong here would.

const DOMAINS: [&str; 24] = [
    "10minutemail.com",
    "33mail.com",
    "byom.de",
    "discard.email",
    "dispostable.com",
    "emailondeck.com",
    "fakeinbox.com",
    "getnada.com",
    "guerrillamail.com",
    "guerrillamail.net",
    "mailcatch.com",
    "maildrop.cc",
    "mailinator.com",
    "mailnesia.com",
    "mintemail.com",
    "mohmal.com",
    "mytemp.email",
    "sharklasers.com",
    "temp-mail.org",
    "tempmail.com",
    "throwawaymail.com",
    "trash-mail.com",
    "trashmail.com",
    "yopmail.com",
];

/// Whether an address, folded, is one of them: of the domain itself or of one below it.
pub(super) fn is_throwaway(address: &str) -> bool {
    let Some((_, host)) = address.rsplit_once('@') else { return false };
    DOMAINS.iter().any(|domain| {
        host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

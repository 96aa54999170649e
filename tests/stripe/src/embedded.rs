//! The form for cards within a business's own page: a script that puts a frame there, and what is in the frame.

use url::form_urlencoded;

use crate::Inner;
use crate::http::{Asked, Said};
use crate::pages::{bank_page, page, pay_page};
use crate::paying::Outcome;
use crate::state::State;

const SCRIPT: &str = include_str!("embedded.js");

/// Tells the page around how high it is, and nothing else.
const HEIGHT: &str = "<script>new ResizeObserver(() => parent.postMessage(\
    { height: document.documentElement.offsetHeight }, '*')).observe(document.documentElement)</script>";
/// It was paid: the page around is told.
const COMPLETE: &str = "<h1>You're all done here</h1>\
    <script>parent.postMessage({ complete: true }, '*')</script>";

pub(crate) fn script() -> Said {
    Said::text(200, "text/javascript; charset=utf-8", SCRIPT.to_owned())
}

/// What is in the frame. Whoever has its secret may pay; no other account's page shows it.
pub(crate) fn answer(
    inner: &Inner,
    method: &str,
    rest: &[&str],
    asked: &Asked,
    field: &dyn Fn(&str) -> String,
) -> Said {
    let Some((secret, behind)) = rest.split_first() else { return nothing() };
    let said = |name: &str| {
        form_urlencoded::parse(asked.query.as_bytes())
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    if said("key") != inner.settings.publishable_key {
        return nothing();
    }
    let Some(id) = session(&inner.state(), secret, &said("account")) else { return nothing() };
    match (method, behind) {
        ("GET", []) => framed(inner.act(|state| pay_page(state, &id, None))),
        ("POST", []) => {
            let number = field("cardNumber");
            inner.act(|state| {
                let outcome = state.pay(&id, &number, &inner.origin);
                after(state, &id, outcome, secret, &asked.query)
            })
        }
        ("GET", ["3ds"]) => framed(inner.act(|state| bank_page(state, &id))),
        ("POST", ["3ds"]) => {
            let well = field("outcome") == "complete";
            inner.act(|state| {
                let outcome = state.authenticate(&id, well);
                after(state, &id, outcome, secret, &asked.query)
            })
        }
        _ => nothing(),
    }
}

fn nothing() -> Said {
    Said::page(404, page("en", "Not found", "<h1>There is nothing here.</h1>"))
}

/// The session that this is the secret of, if it is of that account.
fn session(state: &State, secret: &str, account: &str) -> Option<String> {
    let id = secret.split_once("_secret_")?.0;
    let (owner, session) = state.any("checkout.session", id)?;
    let same = session["client_secret"] == secret && owner.unwrap_or_default() == account;
    same.then(|| id.to_owned())
}

fn after(state: &State, id: &str, outcome: Outcome, secret: &str, query: &str) -> Said {
    match outcome {
        Outcome::Paid | Outcome::Left | Outcome::Processing => {
            Said::page(200, page("en", "Checkout", COMPLETE))
        }
        Outcome::Asked => Said::elsewhere(&format!("/embed/{secret}/3ds?{query}")),
        Outcome::Declined { message, .. } => framed(pay_page(state, id, Some(&message))),
        Outcome::NoCard => framed(pay_page(state, id, Some("Your card number is invalid."))),
        Outcome::Closed | Outcome::Unknown => framed(pay_page(state, id, None)),
    }
}

fn framed(said: Said) -> Said {
    said.followed_by(HEIGHT)
}

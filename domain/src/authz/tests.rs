use std::fmt::Write as _;

use super::*;

/// The table in `docs/guide/roles.md`, for people who don't read policies.
fn matrix(authz: &Authz) -> String {
    let mut table = String::from(
        "| Permission | What it allows | Owner | Manager | Receptionist | Provider | Support |\n|---|---|---|---|---|---|---|\n",
    );
    for right in Right::ALL {
        let tick = |rights: Rights| if rights.has(*right) { "yes" } else { "–" };
        writeln!(
            table,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            right.key(),
            right.sentence(),
            tick(authz.rights(BuiltIn::Owner)),
            tick(authz.rights(BuiltIn::Manager)),
            tick(authz.rights(BuiltIn::Receptionist)),
            tick(authz.rights(BuiltIn::Provider)),
            tick(authz.support()),
        )
        .unwrap();
    }
    table
}

#[tokio::test]
async fn the_guide_shows_the_policy() {
    let authz = Authz::load().await.unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/roles.md");
    let guide = std::fs::read_to_string(path).unwrap_or_default();
    let table = matrix(&authz);
    let head = "# Roles and permissions\n\nWho may do what, as `config/authz/policy.csv` says. Owners can compose further roles from the\nsame permissions, without those that make an owner (`tenant:transfer`, `tenant:close`).\n\n";
    if std::env::var_os("OPENCHAIR_BLESS").is_some() {
        std::fs::write(path, format!("{head}{table}")).unwrap();
    } else {
        assert!(guide == format!("{head}{table}"), "run with OPENCHAIR_BLESS=1 to renew the guide");
    }
}

#[test]
fn permissions_are_object_and_action_once() {
    let mut seen = std::collections::HashSet::new();
    assert!(Right::ALL.len() >= 40);
    for right in Right::ALL {
        assert!(seen.insert(right.key()), "{} twice", right.key());
        assert_eq!(Right::from_key(right.key()), Some(*right));
        assert!(!right.action().is_empty());
    }
}

#[tokio::test]
async fn every_line_of_the_policy_names_a_permission() {
    for line in POLICY.lines().filter(|line| line.starts_with("p,")) {
        let parts: Vec<_> = line.split(", ").collect();
        let key = format!("{}:{}", parts[2], parts[3]);
        assert!(key == "*:*" || Right::from_key(&key).is_some(), "{line}");
    }
}

#[tokio::test]
async fn composed_roles_hold_what_they_name_and_never_an_owners_rights() {
    let authz = Authz::load().await.unwrap();
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    let rights =
        authz.composed(&keys(&["team:read", "tenant:transfer", "gone:away"])).await.unwrap();
    assert_eq!(rights.keys(), ["team:read"]);
    assert_eq!(authz.composed(&[]).await.unwrap(), Rights::NONE);
    let all: Vec<_> = Right::ALL.iter().map(|right| right.key().to_owned()).collect();
    assert_eq!(authz.composed(&all).await.unwrap(), authz.composable());
}

#[tokio::test]
async fn a_role_that_is_not_in_the_policy_may_do_nothing() {
    let enforcer = enforcer(POLICY).await.unwrap();
    for role in ["", "customer", "Owner", "owner ", "*"] {
        assert_eq!(compile(&enforcer, role).unwrap(), Rights::NONE, "{role:?}");
    }
}

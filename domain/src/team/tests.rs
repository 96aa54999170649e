use chrono::{Duration, TimeZone, Utc};

use super::invitations::InvitationStatus;
use super::rules::{Hand, may_lose_owner, may_touch};
use super::*;
use crate::authz::{Authz, BuiltIn, Right, Rights, Role};
use crate::ids::Id;
use crate::time::Instant;

const OWNER: Role = Role::BuiltIn(BuiltIn::Owner);

fn composed() -> Role {
    Role::Custom(Id::nothing())
}

#[tokio::test]
async fn who_may_give_or_take_which_role() {
    let authz = Authz::load().await.unwrap();
    let hand = |role| Hand { owner: role == BuiltIn::Owner, rights: authz.rights(role) };
    let key = |keys: &[Right]| Hand { owner: false, rights: keys.iter().copied().collect() };
    let built_in = |role| (Role::BuiltIn(role), authz.rights(role));
    let own = |rights: &[Right]| (composed(), rights.iter().copied().collect::<Rights>());
    let mighty = Hand { owner: false, rights: authz.rights(BuiltIn::Owner) };

    let (ok, owners, beyond) = (None, Some("owners_only"), Some("beyond_own_rights"));
    let cases = [
        (hand(BuiltIn::Owner), built_in(BuiltIn::Owner), ok),
        (hand(BuiltIn::Owner), built_in(BuiltIn::Provider), ok),
        (hand(BuiltIn::Owner), (composed(), authz.composable()), ok),
        (hand(BuiltIn::Manager), built_in(BuiltIn::Owner), owners),
        (hand(BuiltIn::Manager), built_in(BuiltIn::Manager), ok),
        (hand(BuiltIn::Manager), built_in(BuiltIn::Receptionist), ok),
        (hand(BuiltIn::Manager), built_in(BuiltIn::Provider), ok),
        (hand(BuiltIn::Manager), own(&[Right::ReadTeam, Right::ReadAudit]), ok),
        (hand(BuiltIn::Manager), own(&[Right::ReadTeam, Right::SecureTenant]), beyond),
        (hand(BuiltIn::Receptionist), built_in(BuiltIn::Manager), beyond),
        (hand(BuiltIn::Provider), built_in(BuiltIn::Receptionist), beyond),
        // A program with every permission still is no owner.
        (mighty, built_in(BuiltIn::Owner), owners),
        (mighty, built_in(BuiltIn::Manager), ok),
        (key(&[Right::InviteMember]), built_in(BuiltIn::Provider), beyond),
        (key(&[Right::InviteMember, Right::ReadTeam]), own(&[Right::ReadTeam]), ok),
    ];
    for (hand, (role, rights), expected) in cases {
        let refused = may_touch(hand, role, rights).err();
        let code = refused.as_ref().map(crate::fault::Explain::code);
        assert_eq!(code, expected, "{hand:?} {role:?} {rights:?}");
    }
}

#[test]
fn a_business_keeps_an_owner() {
    for (owners, stays) in [(0, false), (1, false), (2, true), (7, true)] {
        assert_eq!(may_lose_owner(owners).is_ok(), stays, "{owners}");
    }
    assert!(matches!(may_lose_owner(1), Err(TeamError::LastOwner)));
    assert!(OWNER.is_owner() && !composed().is_owner());
}

#[test]
fn what_became_of_an_invitation() {
    use InvitationStatus::{Accepted, Expired, Pending, Revoked};
    let end = Utc.with_ymd_and_hms(2026, 5, 11, 9, 0, 0).unwrap();
    let before: Instant = end - Duration::hours(1);
    let after = end + Duration::hours(1);
    let cases = [
        (before, None, None, Pending),
        (end, None, None, Expired),
        (after, None, None, Expired),
        (before, Some(before), None, Accepted),
        (after, Some(before), None, Accepted),
        (before, None, Some(before), Revoked),
        (after, None, Some(before), Revoked),
        // Made room for the next one.
        (after, None, Some(end), Expired),
    ];
    for (now, accepted, revoked, expected) in cases {
        let status = InvitationStatus::at(now, end, accepted, revoked);
        assert_eq!(status, expected, "{now} {accepted:?} {revoked:?}");
    }
}

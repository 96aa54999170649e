use super::*;

/// A name, permissions, and how many permissions come of them or which fields are at fault.
type Case<'a> = (Option<&'a str>, Option<&'a [&'a str]>, Result<usize, &'a [&'a str]>);

#[tokio::test]
async fn which_roles_can_be_meant() {
    let authz = Authz::load().await.unwrap();
    let cases: [Case<'_>; 11] = [
        (Some("Night desk"), Some(&["team:read"]), Ok(1)),
        (Some("Night desk"), Some(&["team:read", "team:read", "booking:read"]), Ok(2)),
        (Some("夜の受付"), None, Ok(0)),
        (None, Some(&["team:read"]), Ok(1)),
        (None, None, Ok(0)),
        (Some(" "), Some(&["team:read"]), Err(&["/name"])),
        (Some("Desk"), Some(&[]), Err(&["/permissions"])),
        (
            Some("Desk"),
            Some(&["team:rule", "team:read", "*:*"]),
            Err(&["/permissions/0", "/permissions/2"]),
        ),
        (Some("Desk"), Some(&["tenant:transfer"]), Err(&["/permissions/0"])),
        (Some("Desk"), Some(&["team:read", "tenant:close"]), Err(&["/permissions/1"])),
        (Some("a\nb"), Some(&["x"]), Err(&["/name", "/permissions/0"])),
    ];
    for (name, permissions, expected) in cases {
        let change = RoleChange {
            name: name.map(str::to_owned),
            permissions: permissions.map(|keys| keys.iter().map(|key| (*key).to_owned()).collect()),
        };
        match (check(&change, &authz), expected) {
            (Ok(wanted), Ok(count)) => {
                assert_eq!(wanted.rights.unwrap_or_default().iter().count(), count, "{change:?}");
            }
            (Err(RoleError::Invalid(fields)), Err(faulty)) => {
                let fields: Vec<_> = fields.into_iter().map(|fault| fault.field).collect();
                assert_eq!(fields, faulty, "{change:?}");
            }
            (other, _) => panic!("{change:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_composed_role_is_not_named_like_a_built_in_one() {
    let authz = Authz::load().await.unwrap();
    for (name, taken) in
        [("Owner", true), (" oWnEr ", true), ("provider", true), ("Co-owner", false)]
    {
        let change = RoleChange { name: Some(name.to_owned()), permissions: None };
        let refused = matches!(check(&change, &authz), Err(RoleError::NameTaken));
        assert_eq!(refused, taken, "{name:?}");
    }
}

#[tokio::test]
async fn the_catalogue_says_who_holds_what() {
    let lines = catalogue(&Authz::load().await.unwrap());
    assert_eq!(lines.len(), Right::ALL.len());
    let line = |right| lines.iter().find(|line| line.right == right).unwrap();
    assert_eq!(line(Right::TransferTenant).holders, [BuiltIn::Owner]);
    assert!(!line(Right::TransferTenant).composable);
    assert_eq!(line(Right::InviteMember).holders, [BuiltIn::Owner, BuiltIn::Manager]);
    assert!(line(Right::InviteMember).composable);
    assert!(lines.iter().all(|line| line.holders.contains(&BuiltIn::Owner)));
}

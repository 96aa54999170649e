use super::*;

fn whole() -> Policy {
    Policy {
        slot_step_minutes: 15,
        alignment: Alignment::Clock,
        notice_minutes: 60,
        horizon_days: 60,
        cancel_notice_minutes: 1440,
        move_notice_minutes: 1440,
        late_cancel_fee_percent: 0,
        no_show_fee_percent: 0,
        needs_approval: false,
        verify_contact: false,
        ask_card: false,
        risk_from: None,
        risk_asks: RiskAsks::Approval,
        risk_deposit_percent: 50,
        ask_email: Asked::Required,
        ask_phone: Asked::Optional,
        ask_note: true,
        waitlist_order: WaitlistOrder::FirstCome,
        version: 3,
    }
}

#[test]
fn which_rules_can_be_meant() {
    type Case = (fn(&mut PolicyChange), &'static [&'static str]);
    let cases: [Case; 32] = [
        (|_| {}, &[]),
        (|c| c.slot_step_minutes = Some(5), &[]),
        (|c| c.slot_step_minutes = Some(4), &["/slot_step_minutes"]),
        (|c| c.slot_step_minutes = Some(241), &["/slot_step_minutes"]),
        (|c| c.notice_minutes = Some(0), &[]),
        (|c| c.notice_minutes = Some(-1), &["/notice_minutes"]),
        (|c| c.notice_minutes = Some(i32::MAX), &["/notice_minutes"]),
        (|c| c.horizon_days = Some(730), &[]),
        (|c| c.horizon_days = Some(0), &["/horizon_days"]),
        (|c| c.horizon_days = Some(3650), &["/horizon_days"]),
        (|c| c.notice_minutes = Some(61 * 1440), &[]),
        (|c| c.notice_minutes = Some(61 * 1440 + 1), &["/notice_minutes"]),
        (|c| (c.notice_minutes, c.horizon_days) = (Some(2880), Some(1)), &[]),
        (|c| (c.notice_minutes, c.horizon_days) = (Some(2881), Some(1)), &["/notice_minutes"]),
        (|c| c.cancel_notice_minutes = Some(-5), &["/cancel_notice_minutes"]),
        (|c| c.move_notice_minutes = Some(-5), &["/move_notice_minutes"]),
        (|c| c.late_cancel_fee_percent = Some(100), &[]),
        (|c| c.late_cancel_fee_percent = Some(101), &["/late_cancel_fee_percent"]),
        (|c| c.no_show_fee_percent = Some(-1), &["/no_show_fee_percent"]),
        (|c| c.ask_email = Some(Asked::Hidden), &[]),
        (
            |c| (c.ask_email, c.ask_phone) = (Some(Asked::Hidden), Some(Asked::Hidden)),
            &["/ask_phone"],
        ),
        (|c| c.verify_contact = Some(true), &[]),
        (|c| c.ask_card = Some(true), &[]),
        (|c| c.risk_from = Patch::Put(1), &[]),
        (|c| c.risk_from = Patch::Put(100), &[]),
        (|c| c.risk_from = Patch::Put(0), &["/risk_from"]),
        (|c| c.risk_from = Patch::Put(101), &["/risk_from"]),
        (|c| c.risk_asks = Some(RiskAsks::Deposit), &[]),
        (|c| c.risk_deposit_percent = Some(0), &["/risk_deposit_percent"]),
        (|c| c.risk_deposit_percent = Some(101), &["/risk_deposit_percent"]),
        (
            |c| (c.ask_email, c.verify_contact) = (Some(Asked::Hidden), Some(true)),
            &["/verify_contact"],
        ),
        (
            |c| (c.slot_step_minutes, c.horizon_days) = (Some(0), Some(-1)),
            &["/slot_step_minutes", "/horizon_days"],
        ),
    ];
    for (change, faulty) in cases {
        let mut wanted = PolicyChange::default();
        change(&mut wanted);
        let fields: Vec<_> = match check(&whole(), &wanted) {
            Ok(after) => {
                assert_eq!(after.version, 4);
                Vec::new()
            }
            Err(PolicyError::Invalid(fields)) => fields.into_iter().map(|f| f.field).collect(),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(fields, faulty, "{wanted:?}");
    }
}

/// What is hidden from both sides is refused whoever hides it second.
#[test]
fn what_was_there_counts() {
    let hidden = Policy { ask_email: Asked::Hidden, ask_phone: Asked::Required, ..whole() };
    let change = PolicyChange { ask_phone: Some(Asked::Hidden), ..PolicyChange::default() };
    assert!(matches!(check(&hidden, &change), Err(PolicyError::Invalid(_))));
    let change = PolicyChange { horizon_days: Some(30), ..PolicyChange::default() };
    let after = check(&whole(), &change).unwrap();
    assert_eq!(after, Policy { horizon_days: 30, version: 4, ..whole() });
}

/// What a service has otherwise can't be booked under every rule of the business.
#[test]
fn services_with_rules_of_their_own_stand_in_the_way() {
    type Case = (fn(&mut Policy), &'static [&'static str]);
    let own = |notice_minutes, horizon_days, verify_contact| services::Own {
        name: "Massage".to_owned(),
        notice_minutes,
        horizon_days,
        verify_contact,
    };
    let (far, soon) = (own(Some(31 * 1440), None, None), own(None, Some(1), None));
    let (both, proven) = (own(Some(60), Some(1), None), own(None, None, Some(true)));
    let cases: [Case; 8] = [
        (|_| {}, &[]),
        (|p| p.horizon_days = 30, &[]),
        (|p| p.horizon_days = 29, &["/horizon_days beyond_horizon"]),
        (|p| p.notice_minutes = 2 * 1440, &[]),
        (|p| p.notice_minutes = 2 * 1440 + 1, &["/notice_minutes beyond_horizon"]),
        (|p| p.ask_email = Asked::Optional, &[]),
        (|p| p.ask_email = Asked::Hidden, &["/ask_email needs_email"]),
        (
            |p| (p.notice_minutes, p.horizon_days) = (9 * 1440, 9),
            &["/notice_minutes beyond_horizon", "/horizon_days beyond_horizon"],
        ),
    ];
    let all = [far, soon.clone(), both, proven];
    for (change, expected) in cases {
        let mut after = whole();
        change(&mut after);
        let faults = services::faults(&whole(), &after, &all).into_fields();
        let faults: Vec<_> = faults.iter().map(|f| format!("{} {}", f.field, f.code)).collect();
        assert_eq!(faults, expected, "{after:?}");
    }
    // What was so before may stay.
    let before = Policy { notice_minutes: 3 * 1440, ..whole() };
    let after = Policy { notice_minutes: 2 * 1440 + 1, ..whole() };
    assert!(services::faults(&before, &after, &[soon]).is_empty());
}

#[test]
fn only_what_changed_is_recorded() {
    let after = Policy { alignment: Alignment::Packed, verify_contact: true, ..whole() };
    let changed: Vec<_> = changes(&whole(), &after)
        .into_iter()
        .filter(|change| change.before != change.after)
        .map(|change| change.field)
        .collect();
    assert_eq!(changed, ["alignment", "verify_contact"]);
}

/// A threshold can be set, moved and taken away again; nothing said leaves it.
#[test]
fn a_threshold_comes_and_goes() {
    let mut policy = whole();
    for (patch, expected) in [
        (Patch::Keep, None),
        (Patch::Put(60), Some(60)),
        (Patch::Keep, Some(60)),
        (Patch::Put(1), Some(1)),
        (Patch::Clear, None),
    ] {
        let change = PolicyChange { risk_from: patch, ..PolicyChange::default() };
        policy = check(&policy, &change).unwrap();
        assert_eq!(policy.risk_from, expected, "{patch:?}");
    }
}

#[test]
fn words_are_read_as_they_are_written() {
    for asks in [RiskAsks::Approval, RiskAsks::Deposit] {
        assert_eq!(RiskAsks::stored(asks.key()).ok(), Some(asks));
    }
    for asked in [Asked::Required, Asked::Optional, Asked::Hidden] {
        assert_eq!(Asked::stored(asked.key()).ok(), Some(asked));
    }
    for order in [WaitlistOrder::FirstCome, WaitlistOrder::LeastGap] {
        assert_eq!(WaitlistOrder::stored(order.key()).ok(), Some(order));
    }
    for alignment in [Alignment::Clock, Alignment::Packed] {
        assert_eq!(Alignment::stored(alignment.key()).ok(), Some(alignment));
    }
    assert!(Asked::stored("maybe").is_err());
}
